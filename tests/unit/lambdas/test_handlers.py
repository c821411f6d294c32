"""The Lambda handlers: what they ask of AWS, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from lambdas.retraining.handler import handler as retrain
from lambdas.training_plan.handler import handler as plan

PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/flights/{}"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:training"
Clients = Callable[..., None]


@dataclass
class SageMaker:
    """The versions of a group."""

    packages: list[tuple[int, str, str]] = field(default_factory=list)

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
    executions: list[tuple[str, datetime]] = field(default_factory=list)
    started: list[dict[str, str]] = field(default_factory=list)

    class exceptions:  # noqa: N801 - as boto3 names it
        class ExecutionAlreadyExists(Exception):  # noqa: N818 - as boto3 names it
            pass

    def list_executions(self, **_request: object) -> dict[str, Any]:
        return {"executions": [{"name": "run"}] if self.running else []}

    def get_paginator(self, _name: str) -> StepFunctions:
        return self

    def paginate(self, **_request: str) -> Iterator[dict[str, Any]]:
        for arn, at in self.executions:
            yield {"executions": [{"executionArn": arn, "startDate": at}]}

    def start_execution(self, **request: str) -> dict[str, str]:
        if request["name"] in {known["name"] for known in self.started}:
            raise self.exceptions.ExecutionAlreadyExists
        self.started.append(request)
        return {"executionArn": f"arn:execution:{request['name']}"}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Clients:
    for name, value in {
        "MODEL_PACKAGE_GROUP": "flights",
        "TRAINING_MACHINE_ARN": MACHINE,
        "MIN_NEW_DATA_SECONDS": "86400",
        "SPAN_SECONDS": "86400",
        "CONCURRENT_RUNS": "1",
    }.items():
        monkeypatch.setenv(name, value)

    def replace(**clients: object) -> None:
        monkeypatch.setattr(boto3, "client", clients.__getitem__)

    return replace


def verdict(version: str = "1", end: str = "2013-05-02T00:00:00Z") -> dict[str, Any]:
    window = {"start": "2013-04-25T00:00:00Z", "end": end}
    return {"detail": {"model": "flights", "version": version, "window": window}}


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


def planned(execution: str = "arn:2") -> dict[str, object]:
    event: dict[str, object] = {
        "request": {"train_end": "2013-04-01T00:00:00Z"},
        "execution_id": execution,
        "started_at": "2026-11-21T08:00:00.000Z",
        "machine": MACHINE,
    }
    return plan(event, None)


def test_a_training_plan_is_what_the_later_states_read(use: Clients) -> None:
    use(stepfunctions=StepFunctions())
    answer = planned()
    assert answer["train_start"] == "2013-03-31T00:00:00+00:00"
    assert answer["train_end"] == "2013-04-01T00:00:00+00:00"
    assert len(str(answer["run_id"])) == 12
    assert answer["its_turn"] is True


def test_a_second_run_of_a_model_waits_for_the_first_and_its_plan_stays_the_same(
    use: Clients,
) -> None:
    now = datetime(2026, 11, 21, 8, tzinfo=UTC)
    both = [("arn:2", now), ("arn:1", now - timedelta(minutes=5))]
    use(stepfunctions=StepFunctions(executions=both))
    waiting = planned()
    assert waiting["its_turn"] is False
    assert planned("arn:1")["its_turn"] is True
    use(stepfunctions=StepFunctions(executions=both[:1]))
    assert planned() == waiting | {"its_turn": True}
