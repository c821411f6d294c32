"""How long a job may take is what its own request says, tuning jobs and those of minutes too."""

from __future__ import annotations

from typing import Any

import pytest

from gate.assembly import Resource
from gate.posture.job_times import longest_job
from gate.posture.machines import limits_agree
from gate.posture.tasks import MACHINE, Task
from tests.gate.wiring.templates import assembly, resource, task

_CALL = "arn:aws:states:::%s.sync"
_TUNING = "createHyperParameterTuningJob"


def tuning(trials: int, at_once: int, each: int | None, own: int | None = None) -> dict[str, Any]:
    limits = {"MaxNumberOfTrainingJobs": trials, "MaxParallelTrainingJobs": at_once}
    stops = {} if each is None else {"StoppingCondition": {"MaxRuntimeInSeconds": each}}
    whole = {} if own is None else {"MaxRuntimeInSeconds": own}
    return {
        "HyperParameterTuningJobConfig": {"ResourceLimits": {**limits, **whole}},
        "TrainingJobDefinition": stops,
    }


@pytest.mark.parametrize(
    ("service", "operation", "request_", "seconds"),
    [
        ("sagemaker", _TUNING, tuning(8, 2, 1800), 7200),
        ("sagemaker", _TUNING, tuning(9, 2, 1800), 9000),
        ("sagemaker", _TUNING, tuning(8, 2, 1800, own=3600), 3600),
        ("sagemaker", _TUNING, tuning(8, 2, None, own=3600), 3600),
        ("sagemaker", _TUNING, tuning(8, 2, None), None),
        ("sagemaker", _TUNING, {"HyperParameterTuningJobConfig": 5}, None),
        ("sagemaker", "createTrainingJob", {"StoppingCondition": {"MaxRuntimeInSeconds": 60}}, 60),
        ("glue", "startJobRun", {"Timeout": 90}, 5400),
        ("codebuild", "startBuild", {"TimeoutInMinutesOverride": 30}, 1800),
        ("batch", "submitJob", {"Timeout": {"AttemptDurationSeconds": 600}}, 600),
        ("batch", "submitJob", {}, None),
    ],
)
def test_a_job_takes_as_long_as_its_request_lets_it(
    service: str, operation: str, request_: dict[str, Any], seconds: float | None
) -> None:
    machine = Resource("stack", "Machine", MACHINE, {}, {}, {})
    state = Task(machine, "Do", {"Parameters": request_}, service, operation, "sync")
    assert longest_job(state) == seconds


@pytest.mark.parametrize(("limit", "is_found"), [(7200, False), (3600, True)])
def test_a_tuning_job_that_is_given_up_is_found(limit: int, is_found: bool) -> None:
    definition = task(_CALL % f"sagemaker:{_TUNING}", **tuning(8, 2, 1800))
    definition["States"]["Do"]["TimeoutSeconds"] = limit
    read = assembly(Machine=resource("StepFunctions::StateMachine", Definition=definition))
    told = [finding.rule for finding in limits_agree(read)]
    assert told == (["posture.timeouts-differ"] if is_found else [])
