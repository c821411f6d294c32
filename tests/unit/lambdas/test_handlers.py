"""The Lambda handlers: what they ask of AWS, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.release.handler import handler as release
from lambdas.retraining.handler import handler as retrain
from lambdas.training_plan.handler import handler as plan

PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/flights/{}"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:training"
Clients = Callable[..., None]


def refused(operation: str, code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@dataclass
class SageMaker:
    """An endpoint that serves version 1 twice, or (`missing`) none; and the group's versions."""

    missing: ClientError | None = None
    packages: list[tuple[int, str, str]] = field(default_factory=list)

    def describe_endpoint(self, **_request: str) -> dict[str, Any]:
        if self.missing:
            raise self.missing
        now = [
            {"VariantName": "champion", "CurrentWeight": 0.7, "CurrentInstanceCount": 3},
            {"VariantName": "challenger", "CurrentWeight": 0.3, "CurrentInstanceCount": 1},
        ]
        return {"EndpointConfigName": "flights-abc", "ProductionVariants": now}

    def describe_endpoint_config(self, **_request: str) -> dict[str, Any]:
        return {
            "ProductionVariants": [
                {
                    "VariantName": name,
                    "ModelName": "flights-1-abc",
                    "InitialVariantWeight": 0.5,
                    "InstanceType": "ml.c5.large",
                    "InitialInstanceCount": 1,
                }
                for name in ("champion", "challenger")
            ]
        }

    def describe_model(self, **_request: str) -> dict[str, Any]:
        return {"PrimaryContainer": {"ModelPackageName": PACKAGE.format(1)}}

    def get_paginator(self, _name: str) -> SageMaker:
        return self

    def paginate(self, **_request: str) -> Iterator[dict[str, Any]]:
        for number, approval, _ in self.packages:
            yield {
                "ModelPackageSummaryList": [
                    {
                        "ModelPackageArn": PACKAGE.format(number),
                        "ModelApprovalStatus": approval,
                    }
                ]
            }

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:  # noqa: N803
        number = int(ModelPackageName.rsplit("/", 1)[-1])
        (train_end,) = [end for known, _, end in self.packages if known == number]
        return {
            "ModelPackageVersion": number,
            "CustomerMetadataProperties": {"train_end": train_end},
        }


@dataclass
class StepFunctions:
    """State machines that remember what was started, and refuse a name used before."""

    running: bool = False
    started: list[dict[str, str]] = field(default_factory=list)

    class exceptions:  # noqa: N801 - as boto3 names it
        class ExecutionAlreadyExists(Exception):  # noqa: N818 - as boto3 names it
            pass

    def list_executions(self, **_request: object) -> dict[str, Any]:
        return {"executions": [{"name": "run"}] if self.running else []}

    def start_execution(self, **request: str) -> dict[str, str]:
        if request["name"] in {known["name"] for known in self.started}:
            raise self.exceptions.ExecutionAlreadyExists
        self.started.append(request)
        return {"executionArn": f"arn:execution:{request['name']}"}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Clients:
    for name, value in {
        "ENDPOINT_NAME": "flights-prod",
        "MODEL": "flights",
        "CHAMPION_WEIGHT": "0.9",
        "CHALLENGER_WEIGHT": "0.1",
        "INSTANCE_TYPE": "ml.m5.large",
        "INSTANCE_COUNT": "1",
        "MODEL_PACKAGE_GROUP": "flights",
        "TRAINING_MACHINE_ARN": MACHINE,
        "MIN_NEW_DATA_SECONDS": "86400",
        "SPAN_SECONDS": "86400",
    }.items():
        monkeypatch.setenv(name, value)

    def replace(**clients: object) -> None:
        monkeypatch.setattr(boto3, "client", clients.__getitem__)

    return replace


def verdict(version: str = "1", end: str = "2013-05-02T00:00:00Z") -> dict[str, Any]:
    window = {"start": "2013-04-25T00:00:00Z", "end": end}
    return {"detail": {"model": "flights", "version": version, "window": window}}


def test_a_first_release_finds_no_endpoint_and_plans_to_create_one(use: Clients) -> None:
    use(
        sagemaker=SageMaker(
            refused("DescribeEndpoint", "ValidationException", 'Could not find endpoint "x".')
        )
    )
    answer: dict[str, Any] = release({"package_arn": PACKAGE.format(1), "execution_id": "e"}, None)
    assert answer["endpoint_exists"] is False
    assert [item["InitialVariantWeight"] for item in answer["variants"]] == [0.9, 0.1]


def test_a_later_release_keeps_the_champions_live_weight_and_capacity(use: Clients) -> None:
    use(sagemaker=SageMaker())
    answer: dict[str, Any] = release({"package_arn": PACKAGE.format(2), "execution_id": "e"}, None)
    assert answer["endpoint_exists"] is True
    assert answer["variants"][0] == {
        "VariantName": "champion",
        "ModelName": "flights-1-abc",
        "InitialVariantWeight": 0.7,
        "InstanceType": "ml.c5.large",
        "InitialInstanceCount": 3,
    }
    assert answer["variants"][1]["ModelName"] == answer["model_name"]


def test_a_version_that_is_live_is_not_released_again(use: Clients) -> None:
    use(sagemaker=SageMaker())
    answer = release({"package_arn": PACKAGE.format(1), "execution_id": "e"}, None)
    assert answer == {"action": "none", "version": "1"}


def test_a_refused_look_at_the_endpoint_is_an_error_and_not_a_first_release(use: Clients) -> None:
    use(sagemaker=SageMaker(refused("DescribeEndpoint", "AccessDeniedException", "not authorized")))
    with pytest.raises(ClientError, match="not authorized"):
        release({"package_arn": PACKAGE.format(1), "execution_id": "e"}, None)


def test_a_critical_verdict_starts_one_run_however_often_it_is_told(use: Clients) -> None:
    states = StepFunctions()
    use(
        sagemaker=SageMaker(packages=[(1, "Approved", "2013-03-31T23:59:00+00:00")]),
        stepfunctions=states,
    )
    first = retrain(verdict(), None)
    again = retrain(verdict(end="2013-05-09T00:00:00Z"), None)
    assert len(states.started) == 1
    assert states.started[0]["stateMachineArn"] == MACHINE
    assert "2013-05-02T00:00:00+00:00" in states.started[0]["input"]
    assert first["started"].startswith("arn:execution:")
    assert again["started"].endswith("(started before)")


def test_a_version_that_waits_for_approval_answers_the_verdict_and_a_rejected_one_does_not(
    use: Clients,
) -> None:
    old = (1, "Approved", "2013-03-31T23:59:00+00:00")
    states = StepFunctions()
    waiting = (2, "PendingManualApproval", "2013-04-30T00:00:00+00:00")
    use(sagemaker=SageMaker(packages=[waiting, old]), stepfunctions=states)
    assert "version 2" in retrain(verdict(), None)["reason"]
    rejected = (2, "Rejected", "2013-04-30T00:00:00+00:00")
    use(sagemaker=SageMaker(packages=[rejected, old]), stepfunctions=states)
    assert retrain(verdict(), None)["started"]


def test_no_second_run_is_started_while_one_is_under_way(use: Clients) -> None:
    states = StepFunctions(running=True)
    use(
        sagemaker=SageMaker(packages=[(1, "Approved", "2013-03-31T23:59:00+00:00")]),
        stepfunctions=states,
    )
    assert retrain(verdict(), None)["started"] == ""
    assert states.started == []


def test_a_training_plan_is_what_the_later_states_read(use: Clients) -> None:
    use()
    event: dict[str, object] = {
        "request": {"train_end": "2013-04-01T00:00:00Z"},
        "execution_id": "arn:1",
        "started_at": "2026-11-21T08:00:00.000Z",
    }
    answer = plan(event, None)
    assert answer["train_start"] == "2013-03-31T00:00:00+00:00"
    assert answer["train_end"] == "2013-04-01T00:00:00+00:00"
    assert len(answer["run_id"]) == 12
