"""What the templates of a stage give away: nothing, to nobody who was not meant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gate.assembly import Assembly
from gate.iam.documents import trust_statements

# They talk to S3, SageMaker, MLflow or Prometheus while they run.
CALLING = {
    "prediction_log",
    "data_monitor",
    "model_monitor",
    "report",
    "shard_profile",
    "registration",
}
PUT_TOGETHER = {"data_prep", "evaluation"}
# IAM lets nobody hand a role to a function of another account, and Lambda says for whom it asks
# only when a permission of its own (a resource policy) is asked.
NOT_SAID_FOR_WHOM = {"lambda.amazonaws.com"}
SECRETS = {
    "an access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a token of Slack": r"xox[abprs]-[0-9A-Za-z-]{10,}|hooks\.slack\.com/services/T",
    "a token of GitHub": r"\bgh[pousr]_[0-9A-Za-z]{30,}\b",
    "a token of Grafana": r"\bgl(?:sa|c)_[0-9A-Za-z_]{20,}\b",
    "a password in a URL": r"[a-z]+://[^/\s:@\"]+:[^/\s:@\"{]+@",
    "a bearer token": r"[Bb]earer [0-9A-Za-z._-]{20,}",
}
SECRET_NAME = re.compile(r"(?i)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ROUTING_KEY|CREDENTIAL)")
POINTER = re.compile(r"^(arn:|s3://|\{\{resolve:secretsmanager:|https?://[^:@]+$)")


def states(assembly: Assembly) -> Iterator[Mapping[str, Any]]:
    """Every state of every state machine, however deep."""
    for machine in assembly.resources("AWS::StepFunctions::StateMachine"):
        yield from _within(json.loads(machine.properties["DefinitionString"]))


def _within(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for state in definition.get("States", {}).values():
        yield state
        for branch in state.get("Branches", []):
            yield from _within(branch)
        for key in ("Iterator", "ItemProcessor"):
            yield from _within(state.get(key, {}))


def requests(assembly: Assembly, operation: str) -> list[Mapping[str, Any]]:
    """The requests of every state that calls a SageMaker operation."""
    found = [
        state["Parameters"]
        for state in states(assembly)
        if f"sagemaker:{operation}" in state.get("Resource", "")
    ]
    assert found
    return found


def unit(request: Mapping[str, Any]) -> str:
    return str(request["AppSpecification"]["ContainerEntrypoint"][-1]).split("/")[-2]


def has_network(request: Mapping[str, Any]) -> bool:
    network = request.get("VpcConfig") or {}
    return bool(network.get("Subnets")) and bool(network.get("SecurityGroupIds"))


def test_a_job_that_needs_no_network_has_none(prod: Assembly) -> None:
    isolated = {
        unit(request): request["NetworkConfig"]["EnableNetworkIsolation"]
        for request in requests(prod, "createProcessingJob")
    }
    assert {name for name, value in isolated.items() if value} == PUT_TOGETHER
    assert {name for name, value in isolated.items() if not value} <= CALLING


def test_a_model_that_answers_has_no_network(prod: Assembly) -> None:
    assert all(request["EnableNetworkIsolation"] for request in requests(prod, "createModel"))


def test_every_job_and_model_of_a_stage_with_a_network_runs_in_it(prod: Assembly) -> None:
    for request in requests(prod, "createProcessingJob"):
        assert has_network(request["NetworkConfig"]), unit(request)
    for request in requests(prod, "createHyperParameterTuningJob"):
        assert has_network(request["TrainingJobDefinition"])
    for request in requests(prod, "createModel"):
        assert has_network(request)


def test_a_stage_without_a_network_asks_for_none(local: Assembly) -> None:
    for request in requests(local, "createProcessingJob"):
        assert "VpcConfig" not in request["NetworkConfig"]
    for request in requests(local, "createModel"):
        assert "VpcConfig" not in request


def test_every_job_and_model_keeps_its_data_under_the_stages_own_key(prod: Assembly) -> None:
    def is_ours(value: object) -> bool:
        return prod.at(value, "AWS::KMS::Key") is not None

    for request in requests(prod, "createProcessingJob"):
        cluster = request["ProcessingResources"]["ClusterConfig"]
        assert is_ours(request["ProcessingOutputConfig"]["KmsKeyId"]), unit(request)
        assert is_ours(cluster["VolumeKmsKeyId"]), unit(request)
    for request in requests(prod, "createHyperParameterTuningJob"):
        definition = request["TrainingJobDefinition"]
        assert is_ours(definition["OutputDataConfig"]["KmsKeyId"])
        assert is_ours(definition["ResourceConfig"]["VolumeKmsKeyId"])
    for request in requests(prod, "createEndpointConfig"):
        assert is_ours(request["KmsKeyId"])
        assert is_ours(request["DataCaptureConfig"]["KmsKeyId"])


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_a_service_assumes_a_role_for_this_account_only(
    stage: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    trusting = [stated for stated in trust_statements(assembly) if stated.principals("Service")]
    assert trusting
    open_to_all = [
        (stated.owner.name, service)
        for stated in trusting
        for service in stated.principals("Service")
        if service not in NOT_SAID_FOR_WHOM
        and not {"aws:sourceaccount", "aws:sourcearn"} & stated.condition_keys
    ]
    assert open_to_all == []


@pytest.mark.parametrize("stage", ["prod", "local"])
@pytest.mark.parametrize("pattern", SECRETS.values(), ids=SECRETS)
def test_no_template_has_a_secret_in_it(
    stage: str, pattern: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    for template in assembly.templates:
        assert not re.search(pattern, json.dumps(template.raw)), template.stack


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_a_secret_is_made_by_secrets_manager_and_never_written_down(
    stage: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    for secret in assembly.resources("AWS::SecretsManager::Secret"):
        assert "SecretString" not in secret.properties


def variables(assembly: Assembly) -> Iterator[tuple[str, str, object]]:
    """Where, name and value of every environment variable of functions, builds and jobs."""
    for function in assembly.resources("AWS::Lambda::Function"):
        given = function.properties.get("Environment", {}).get("Variables", {})
        yield from ((function.name, name, value) for name, value in given.items())
    for project in assembly.resources("AWS::CodeBuild::Project"):
        for item in project.properties["Environment"].get("EnvironmentVariables", []):
            if item.get("Type", "PLAINTEXT") == "PLAINTEXT":
                yield project.name, item["Name"], item["Value"]
    for operation in ("createProcessingJob", "createHyperParameterTuningJob"):
        for request in requests(assembly, operation):
            given = request.get("TrainingJobDefinition", request).get("Environment", {})
            yield from ((operation, name, value) for name, value in given.items())


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_no_environment_variable_holds_a_secret(stage: str, request: pytest.FixtureRequest) -> None:
    found = list(variables(request.getfixturevalue(stage)))
    assert found
    for where, name, value in found:
        if SECRET_NAME.search(name):
            assert POINTER.match(str(value)), f"{where}: {name}"


def test_a_job_that_is_told_a_bucket_is_told_whose_it_is(prod: Assembly) -> None:
    account = {template.account for template in prod.templates}
    for request in requests(prod, "createProcessingJob"):
        environment = request["Environment"]
        if any(name.endswith("_BUCKET") for name in environment):
            assert {environment["ACCOUNT_ID"]} == account, unit(request)
