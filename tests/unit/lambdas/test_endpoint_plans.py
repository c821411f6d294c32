"""What the release's and the rollback's planners make of an endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.release.handler import handler as release
from lambdas.rollback.handler import NothingToGoBackToError
from lambdas.rollback.handler import handler as rollback
from tests.unit.lambdas.endpoint_world import (
    NO_ENDPOINT,
    PACKAGE,
    CloudWatch,
    SageMaker,
    refused,
)

Plan = Callable[..., dict[str, Any]]
BOTH = [
    {"resource_id": "endpoint/flights-prod/variant/challenger"},
    {"resource_id": "endpoint/flights-prod/variant/champion"},
]
SCALED = {"FEWEST_INSTANCES": "1", "MOST_INSTANCES": "4"}


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Plans the release of a version; settings by their names in the environment."""

    def plan(
        version: int,
        sagemaker: SageMaker | None = None,
        cloudwatch: CloudWatch | None = None,
        **settings: str,
    ) -> dict[str, Any]:
        for name, value in {
            "ENDPOINT_NAME": "flights-prod",
            "MODEL": "flights",
            "CHAMPION_WEIGHT": "0.9",
            "CHALLENGER_WEIGHT": "0.1",
            "INSTANCE_TYPE": "ml.c5.large",
            "INSTANCE_COUNT": "2",
            "SHADOW": "false",
            "ROLLBACK_ALARMS": "latency,errors",
            **settings,
        }.items():
            monkeypatch.setenv(name, value)
        clients = {"sagemaker": sagemaker or SageMaker(), "cloudwatch": cloudwatch or CloudWatch()}
        monkeypatch.setattr(boto3, "client", clients.__getitem__)
        return release({"package_arn": PACKAGE.format(version), "execution_id": "e"}, None)

    return plan


def names(variants: list[dict[str, Any]]) -> list[str]:
    return [item["VariantName"] for item in variants]


def test_a_first_release_finds_no_endpoint_and_plans_to_create_one(plan: Plan) -> None:
    answer = plan(1, SageMaker(NO_ENDPOINT))
    assert answer["endpoint_exists"] is False
    assert [item["InitialVariantWeight"] for item in answer["variants"]] == [0.9, 0.1]
    assert [item["InitialInstanceCount"] for item in answer["variants"]] == [2, 2]
    assert (answer["previous_config"], answer["unscale"], answer["scale"]) == ("", [], [])


def test_a_later_release_keeps_the_champions_live_weight_and_capacity(plan: Plan) -> None:
    answer = plan(2)
    assert answer["endpoint_exists"] is True
    assert answer["variants"][0] == {
        "VariantName": "champion",
        "ModelName": "flights-1-abc",
        "InitialVariantWeight": 0.7,
        "InstanceType": "ml.c5.large",
        "InitialInstanceCount": 3,
    }
    assert answer["has_new_model"] is True
    assert answer["variants"][1]["ModelName"] == answer["model_name"]
    assert answer["previous_config"] == "flights-second"


def test_a_version_that_is_live_is_not_released_again(plan: Plan) -> None:
    assert plan(1) == {"action": "none", "version": "1"}


def test_releasing_the_live_version_takes_another_type_of_instance_and_makes_no_model(
    plan: Plan,
) -> None:
    answer = plan(1, INSTANCE_TYPE="ml.m5.xlarge")
    assert answer["action"] == "release"
    assert answer["has_new_model"] is False
    assert [
        (item["ModelName"], item["InitialVariantWeight"], item["InitialInstanceCount"])
        for item in answer["variants"]
    ] == [("flights-1-abc", 0.7, 3), ("flights-1-abc", 0.3, 1)]
    assert {item["InstanceType"] for item in answer["variants"]} == {"ml.m5.xlarge"}


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack"])
def test_a_release_waits_while_another_change_goes_on(plan: Plan, status: str) -> None:
    answer = plan(2, SageMaker(status=status))
    assert answer == {"action": "wait", "version": "2", "package_arn": PACKAGE.format(2)}


def test_a_refused_look_at_the_endpoint_is_an_error_and_not_a_first_release(plan: Plan) -> None:
    denied = refused("DescribeEndpoint", "AccessDeniedException", "not authorized")
    with pytest.raises(ClientError, match="not authorized"):
        plan(1, SageMaker(denied))


def test_alarms_guard_an_update_between_the_same_variants(plan: Plan) -> None:
    cloudwatch = CloudWatch()
    assert plan(2, cloudwatch=cloudwatch)["guarded"] is True
    assert cloudwatch.asked == ["latency", "errors"]


def test_an_alarm_that_rings_already_does_not_undo_the_release_that_may_mend_it(
    plan: Plan, caplog: pytest.LogCaptureFixture
) -> None:
    assert plan(2, cloudwatch=CloudWatch(ringing=("errors",)))["guarded"] is False
    assert "ringing already: errors" in caplog.text


def test_a_shadow_answers_nobody(plan: Plan) -> None:
    answer = plan(2, SageMaker(shadow=True), SHADOW="true")
    assert names(answer["variants"]) == ["champion"]
    assert names(answer["shadows"]) == ["challenger"]
    assert answer["guarded"] is True


def test_a_shadow_that_steps_out_is_another_set_of_variants_and_not_guarded(plan: Plan) -> None:
    answer = plan(2, SageMaker(shadow=True))
    assert names(answer["variants"]) == ["champion", "challenger"]
    assert answer["guarded"] is False


def test_variants_are_scaled_after_the_update_and_let_go_before_it_only_where_their_type_changes(
    plan: Plan,
) -> None:
    answer = plan(2, **SCALED)
    assert (answer["unscale"], answer["scale"]) == ([], BOTH)
    answer = plan(2, INSTANCE_TYPE="ml.m5.xlarge", **SCALED)
    assert (answer["unscale"], answer["scale"]) == (BOTH, BOTH)


def test_without_scaling_in_the_models_file_no_variant_stays_scaled(plan: Plan) -> None:
    answer = plan(2)
    assert (answer["unscale"], answer["scale"]) == (BOTH, [])


@pytest.fixture
def go_back(monkeypatch: pytest.MonkeyPatch) -> Plan:
    def go_back(sagemaker: SageMaker, scaled: bool = True) -> dict[str, Any]:
        monkeypatch.setenv("ENDPOINT_NAME", "flights-prod")
        monkeypatch.setenv("SCALED", str(scaled).lower())
        monkeypatch.setattr(boto3, "client", {"sagemaker": sagemaker}.__getitem__)
        return rollback({}, None)

    return go_back


def test_a_rollback_goes_to_the_configuration_before(go_back: Plan) -> None:
    assert go_back(SageMaker()) == {
        "action": "rollback",
        "from_config": "flights-second",
        "config_name": "flights-first",
        "unscale": [],
        "scale": BOTH,
    }


def test_a_rollback_to_another_type_of_instance_lets_variants_go_first(go_back: Plan) -> None:
    assert go_back(SageMaker(before="ml.m4.large"))["unscale"] == BOTH
    answer = go_back(SageMaker(before="ml.m4.large"), scaled=False)
    assert (answer["unscale"], answer["scale"]) == ([], [])


def test_a_rollback_waits_while_another_change_goes_on(go_back: Plan) -> None:
    assert go_back(SageMaker(status="Updating")) == {"action": "wait"}


@pytest.mark.parametrize(
    "sagemaker",
    [SageMaker(NO_ENDPOINT), SageMaker(tags={}), SageMaker(tags={"tidewatch:previous": ""})],
)
def test_without_a_configuration_before_there_is_no_way_back(
    go_back: Plan, sagemaker: SageMaker
) -> None:
    with pytest.raises(NothingToGoBackToError, match="release the version that you want"):
        go_back(sagemaker)
