"""Mutants that the rules let pass, before the scanners: all of them at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gate import acknowledge, scan
from gate.finding import Finding
from gate.manifest import find_templates
from gate.mutation.mutant import Mutant

SCANNERS = ("cfn-lint", "checkov", "cdk-nag")


def kill(
    mutants: Sequence[Mutant], assemblies: Mapping[str, Path], folder: Path
) -> dict[str, Finding]:
    """By mutant, what the first of the scanners that says something says of it."""
    killed: dict[str, Finding] = {}
    for scanner in SCANNERS:
        left = [mutant for mutant in mutants if mutant.name not in killed]
        if left:
            killed |= _killed_by(scanner, left, assemblies, folder / scanner)
    return killed


def _killed_by(
    scanner: str, mutants: Sequence[Mutant], assemblies: Mapping[str, Path], folder: Path
) -> dict[str, Finding]:
    folder.mkdir(parents=True)
    names = {}
    for number, mutant in enumerate(mutants):
        # Numbers stand for stacks, so that a scanner's findings lead back to the mutant.
        names[f"mutant-{number}"] = mutant
        _write(folder / f"mutant-{number}.template.json", mutant.template)
    for stage, stack in sorted({(mutant.stage, mutant.stack) for mutant in mutants}):
        source = next(s for s in find_templates(assemblies[stage]) if s.stack == stack)
        _write(folder / f"clean-{stage}-{stack}.template.json", json.loads(source.path.read_text()))
    found = scan.run(scanner, folder)
    told = _by_stack(found)
    verdicts = {}
    for name, mutant in names.items():
        clean = {_anywhere(each) for each in told.get(f"clean-{mutant.stage}-{mutant.stack}", ())}
        new = [each for each in told.get(name, ()) if _anywhere(each) not in clean]
        left = acknowledge.unacknowledged(
            (_at(each, mutant.stack) for each in new), acknowledge.read()
        )
        if left:
            verdicts[mutant.name] = left[0]
    return verdicts


def _by_stack(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.resource.split("/", 1)[0], []).append(finding)
    return found


def _anywhere(finding: Finding) -> Finding:
    return _at(finding, "")


def _at(finding: Finding, stack: str) -> Finding:
    _, _, logical_id = finding.resource.partition("/")
    return Finding(finding.rule, f"{stack}/{logical_id}", finding.reason)


def _write(path: Path, template: object) -> None:
    path.write_text(json.dumps(template), encoding="utf-8")
