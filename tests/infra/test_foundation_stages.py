"""A stage with all options, in three partitions: nothing is bound to one region or account."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from stacks.platform import add_platform
from tests.infra.conftest import PROJECT
from tidewatch.core.config import Config
from tidewatch.core.config.foundation import Github, MlflowServer

REGIONS = {"frankfurt": "eu-central-1", "gov": "us-gov-west-1", "beijing": "cn-north-1"}
ACCOUNT = "444455556666"
BOUNDARY = "ops/Bounded"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def app_folder(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One assembly of three stages, as `-c stage=frankfurt,gov,beijing` would make it."""
    folder = tmp_path_factory.mktemp("stages")
    context = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    # Some services are not offered there, and strict validation would say so: that is its matter.
    lenient = context | {"@aws-cdk/core:strictCfnValidateErrors": False}
    app = cdk.App(outdir=str(folder), context=lenient)
    (model,) = config.models
    spark = model.monitoring.model_copy(update={"engine": "spark"})
    for name, region in REGIONS.items():
        stage = config.stage.model_copy(
            update={
                "name": name,
                "region": region,
                "account": ACCOUNT,
                "permissions_boundary": BOUNDARY,
                "mlflow": MlflowServer(kind="server"),
                "github": Github(repository="someone/something", environment=name),
            }
        )
        models = (model.model_copy(update={"monitoring": spark}),)
        add_platform(app, config=replace(config, stage=stage, models=models), image_tag="1")
    app.synth()
    return folder


@pytest.fixture(scope="module")
def stages(app_folder: Path) -> dict[str, dict[str, Json]]:
    """The templates of each stage, by their stacks' names."""
    found: dict[str, dict[str, Json]] = {}
    for name in REGIONS:
        folder = app_folder / f"assembly-tidewatch-{name}"
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        found[name] = {
            artifact["properties"].get("stackName", ""): json.loads(
                (folder / artifact["properties"]["templateFile"]).read_text(encoding="utf-8")
            )
            for artifact in manifest["artifacts"].values()
            if artifact["type"] == "aws:cloudformation:stack"
        }
    return found


def every(stages: dict[str, dict[str, Json]], *kinds: str) -> list[Json]:
    return [
        resource
        for templates in stages.values()
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] in kinds
    ]


def test_a_stage_is_an_assembly_of_its_own_that_can_be_promoted(
    app_folder: Path, stages: dict[str, dict[str, Json]]
) -> None:
    for name, templates in stages.items():
        folder = app_folder / f"assembly-tidewatch-{name}"
        assert (folder / "cdk.out").is_file()
        assert f"tidewatch-{name}-storage" in templates
        assert f"tidewatch-{name}-flights-training" in templates
    manifest = json.loads((app_folder / "manifest.json").read_text(encoding="utf-8"))
    kinds = [artifact["type"] for artifact in manifest["artifacts"].values()]
    assert "aws:cloudformation:stack" not in kinds


@pytest.mark.parametrize("stage", sorted(REGIONS))
def test_nothing_names_the_commercial_partition_or_another_region(
    stages: dict[str, dict[str, Json]], stage: str
) -> None:
    own = REGIONS[stage]
    for name, template in stages[stage].items():
        text = json.dumps(template)
        if stage != "frankfurt":
            assert "arn:aws:" not in text, name
        named = set(re.findall(r"\b(?:us|eu|ap|sa|ca|me|af|cn|il)(?:-gov)?-[a-z]+-[1-9]\b", text))
        assert named <= {own}, name


def test_nothing_is_looked_up_while_templates_are_made(app_folder: Path) -> None:
    for manifest in app_folder.rglob("manifest.json"):
        assert not json.loads(manifest.read_text(encoding="utf-8")).get("missing")


def test_every_role_is_within_the_boundary(stages: dict[str, dict[str, Json]]) -> None:
    roles = every(stages, "AWS::IAM::Role", "AWS::IAM::User")
    assert len(roles) > 30
    for role in roles:
        assert f"policy/{BOUNDARY}" in json.dumps(role["Properties"]["PermissionsBoundary"])


def test_a_tracking_server_takes_the_place_of_the_app(stages: dict[str, dict[str, Json]]) -> None:
    assert len(every(stages, "AWS::SageMaker::MlflowTrackingServer")) == len(REGIONS)
    assert not every(stages, "AWS::SageMaker::MlflowApp")


def test_jobs_may_call_the_tracking_server_and_it_alone(
    stages: dict[str, dict[str, Json]],
) -> None:
    template = json.dumps(stages["frankfurt"]["tidewatch-frankfurt-flights-training"])
    assert "sagemaker-mlflow:" in template
    assert "CallMlflowAppApi" not in template


def test_the_spark_image_is_built_where_a_model_asks_for_spark(
    stages: dict[str, dict[str, Json]],
) -> None:
    built = stages["frankfurt"]["tidewatch-frankfurt-images"]["Resources"]
    assert "SparkImage" in built


def deployer(stages: dict[str, dict[str, Json]], stage: str) -> tuple[Json, list[Json]]:
    resources = stages[stage][f"tidewatch-{stage}-pipeline"]["Resources"].values()
    (role,) = [item for item in resources if item["Type"] == "AWS::IAM::Role"]
    (policy,) = [item for item in resources if item["Type"] == "AWS::IAM::Policy"]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    return trust, policy["Properties"]["PolicyDocument"]["Statement"]


def test_one_environment_of_one_repository_may_deploy_one_stage(
    stages: dict[str, dict[str, Json]],
) -> None:
    trust, _ = deployer(stages, "frankfurt")
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": (
                "repo:someone/something:environment:frankfurt"
            ),
        }
    }


def test_the_deployer_can_do_nothing_but_take_the_bootstraps_roles(
    stages: dict[str, dict[str, Json]],
) -> None:
    _, statements = deployer(stages, "beijing")
    assert {item["Action"] for item in statements} == {"sts:AssumeRole", "ssm:GetParameter"}
    (taking,) = [item for item in statements if item["Action"] == "sts:AssumeRole"]
    named = json.dumps(taking["Resource"])
    for role in ("deploy", "file-publishing"):
        assert f"cdk-hnb659fds-{role}-role-{ACCOUNT}-cn-north-1" in named
    assert len(taking["Resource"]) == 2


WORKFLOW = PROJECT / ".github" / "workflows" / "deploy.yml"


def workflow() -> Json:
    loaded: Json = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return loaded["jobs"]  # type: ignore[no-any-return] # YAML has no types


def test_the_workflow_makes_one_assembly_and_every_stage_deploys_that() -> None:
    jobs = workflow()
    order = {name: job.get("needs") for name, job in jobs.items()}
    assert order == {"synth": None, "dev": "synth", "prod": "dev"}
    synthesis = [step.get("run", "") for step in jobs["synth"]["steps"]]
    assert any("cdk synth" in step and "stage=dev,prod" in step for step in synthesis)
    for name in ("dev", "prod"):
        runs = " ".join(step.get("run", "") for step in jobs[name]["steps"])
        assert "synth" not in runs
        assert '--app "cdk.out/assembly-tidewatch-${{ github.job }}"' in runs
        assert jobs[name]["environment"] == name


def test_the_workflow_has_no_stored_secret_and_runs_no_action_that_could_change() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    assert "secrets." not in text
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert not [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)]


def test_the_stages_that_the_workflow_deploys_are_there() -> None:
    for name in ("dev", "prod"):
        assert (PROJECT / "config" / "stages" / f"{name}.yaml").is_file()
