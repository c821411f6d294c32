# Tidewatch's commands. Each prepares what it needs, once, and is quick from then on.

.DEFAULT_GOAL := help
.PHONY: help install demo demo-stop test check gate gate-mutation sbom cost bench bench-drift format lock clean

PYTHON := .venv/bin/python
TESTS ?= tests/unit tests/infra tests/gate tests/security tests/functional
SIZE ?= full

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-14s %s\n", $$1, $$2 }'

demo: ## Run the whole platform on this machine, from raw data to an alert and a better model
	@scripts/prepare.sh demo
	@$(PYTHON) -m demo

demo-stop: ## End what the demo left running (MLflow, Prometheus, the inbox)
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m demo stop; else echo "Nothing runs."; fi

install: ## Build the development environment in .venv
	@scripts/prepare.sh development

test: install ## Run the tests: unit, infrastructure, gate, security, functional; TESTS=tests/unit runs some
	@$(PYTHON) -m pytest $(TESTS)

check: install ## Check format, lint, types and the direction of imports
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy .
	@.venv/bin/lint-imports

gate: install ## Prove the templates off line: every stage and the sources, or ASSEMBLY=<folder>
	@$(PYTHON) -m gate $(if $(ASSEMBLY),"$(ASSEMBLY)")

gate-mutation: install ## Break the templates in 400 ways, and tell in docs/gate.md what the gate caught
	@$(PYTHON) -m gate.mutation --write

sbom: install ## Write the bill of materials (CycloneDX) to .gate/sbom.cdx.json
	@$(PYTHON) -m gate.sbom .gate/sbom.cdx.json

cost: install ## Estimate what a stage costs a month: STAGE=prod; ARGS="--predictions 1000000"
	@$(PYTHON) -m stacks.cost $(or $(STAGE),prod) $(ARGS)

bench: install ## Measure speed and memory beside other tools; SIZE=small for a look
	@$(PYTHON) -m benchmarks.speed --size $(SIZE)

bench-drift: install ## Measure drift found and false alarms beside other rules; SIZE=small for a look
	@SIZE=$(SIZE) $(PYTHON) -m benchmarks.drift

format: install ## Put the code in its format
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock: ## Pin every environment anew, with hashes; UPGRADE=--upgrade takes newer versions
	@scripts/lock.sh $(UPGRADE)

clean: demo-stop ## Remove what these commands made
	@rm -rf .venv .tools .demo .bench .gate node_modules cdk.out .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
