"""Training: spot, encryption, isolation, limits, and one run after another."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.infra.conftest import synthesised
from tests.infra.test_stacks import definition, resources
from tidewatch.core.config import Config

Templates = dict[str, Template]
Json = dict[str, Any]
KEY = "TOKEN"


@pytest.fixture(scope="module")
def spot(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The same model on spot instances that have their own disks, two runs at a time."""
    (model,) = config.models
    training = model.training.model_copy(
        update={
            "spot_max_wait": timedelta(hours=2),
            "instance_type": "ml.m5d.xlarge",
            "concurrent_runs": 2,
        }
    )
    changed = replace(config, models=(model.model_copy(update={"training": training}),))
    return synthesised(changed, tmp_path_factory.mktemp("spot"))


def states(templates: Templates) -> Json:
    found: Json = definition(templates, "flights-training", "Machine")["States"]
    return found


def trial(templates: Templates) -> Json:
    request: Json = states(templates)["Tune hyperparameters"]["Parameters"]["TrainingJobDefinition"]
    return request


def test_a_run_waits_for_those_that_were_started_before(templates: Templates) -> None:
    machine = states(templates)
    choice = machine[machine["Plan run"]["Next"]]
    (rule,) = choice["Choices"]
    assert (rule["Variable"], rule["BooleanEquals"]) == ("$.its_turn", True)
    assert rule["Next"] == "Prepare data"
    wait = machine[choice["Default"]]
    assert (wait["Type"], wait["Seconds"], wait["Next"]) == ("Wait", 300, "Plan run")


def test_the_planner_sees_the_runs_of_its_own_machine_only(templates: Templates) -> None:
    found = [
        statement
        for policy in resources(templates, "AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "states:ListExecutions"
        and policy["Properties"]["PolicyName"].startswith("MaySeeRuns")
    ]
    (statement,) = found
    assert list(statement["Resource"]) == ["Ref"]
    payload = states(templates)["Plan run"]["Parameters"]
    assert payload["machine.$"] == "$$.StateMachine.Id"
    assert payload["request.$"] == "$$.Execution.Input"


def test_how_many_runs_go_on_at_once_is_the_models_choice(
    templates: Templates, spot: Templates
) -> None:
    for found, expected in ((templates, "1"), (spot, "2")):
        functions = found["flights-training"].find_resources("AWS::Lambda::Function").values()
        (plan,) = [
            item for item in functions if "training_plan" in str(item["Properties"]["Handler"])
        ]
        assert plan["Properties"]["Environment"]["Variables"]["CONCURRENT_RUNS"] == expected


def test_without_a_word_of_spot_trials_run_on_demand(templates: Templates) -> None:
    request = trial(templates)
    assert "EnableManagedSpotTraining" not in request
    assert "CheckpointConfig" not in request
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 1800}


def test_a_spot_trial_waits_at_least_as_long_as_it_runs_and_goes_on_from_checkpoints(
    spot: Templates,
) -> None:
    request = trial(spot)
    assert request["EnableManagedSpotTraining"] is True
    limit = request["StoppingCondition"]
    assert limit == {"MaxRuntimeInSeconds": 1800, "MaxWaitTimeInSeconds": 7200}
    assert request["CheckpointConfig"]["S3Uri.$"] == (
        "States.Format('s3://TOKEN/flights/checkpoints/{}', $.run_id)"
    )
    policies = json.dumps(spot["flights-training"].find_resources("AWS::IAM::Policy"))
    assert "/flights/checkpoints/*" in policies
    rules = [
        rule
        for bucket in resources(spot, "AWS::S3::Bucket").values()
        for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    ]
    assert [r["ExpirationInDays"] for r in rules if r.get("Prefix") == "flights/checkpoints/"] == [
        7
    ]


def test_tuning_ends_even_where_no_trial_does(templates: Templates, spot: Templates) -> None:
    for found, longest in ((templates, 4 * (1800 + 900)), (spot, 4 * (7200 + 900))):
        state = states(found)["Tune hyperparameters"]
        limits = state["Parameters"]["HyperParameterTuningJobConfig"]["ResourceLimits"]
        assert limits["MaxRuntimeInSeconds"] == longest
        assert state["TimeoutSeconds"] == longest + 900


def test_every_volume_and_output_is_under_the_stages_key(templates: Templates) -> None:
    machine = states(templates)
    for name in ("Prepare data", "Evaluate best trial", "Register version"):
        request = machine[name]["Parameters"]
        assert request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == KEY
        assert request["ProcessingOutputConfig"]["KmsKeyId"] == KEY
    request = trial(templates)
    assert request["ResourceConfig"]["VolumeKmsKeyId"] == KEY
    assert request["OutputDataConfig"]["KmsKeyId"] == KEY


def test_instances_with_their_own_disks_are_asked_for_no_key(spot: Templates) -> None:
    assert "VolumeKmsKeyId" not in trial(spot)["ResourceConfig"]
    cluster = states(spot)["Prepare data"]["Parameters"]["ProcessingResources"]["ClusterConfig"]
    assert "VolumeKmsKeyId" not in cluster


@pytest.mark.parametrize(
    ("name", "isolated"),
    [("Prepare data", True), ("Evaluate best trial", True), ("Register version", False)],
)
def test_a_job_that_talks_to_nobody_can_talk_to_nobody(
    templates: Templates, name: str, isolated: bool
) -> None:
    network = states(templates)[name]["Parameters"]["NetworkConfig"]
    assert network["EnableNetworkIsolation"] is isolated
    assert network["EnableInterContainerTrafficEncryption"] is False


def test_the_end_of_a_failed_or_endless_run_is_told(templates: Templates) -> None:
    alarms = templates["flights-training"].find_resources("AWS::CloudWatch::Alarm").values()
    found = {item["Properties"]["MetricName"]: item["Properties"] for item in alarms}
    assert set(found) == {"ExecutionsFailed", "ExecutionsTimedOut"}
    for alarm in found.values():
        assert alarm["AlarmActions"]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert "docs/runbooks/TrainingFailed.md" in alarm["AlarmDescription"]
