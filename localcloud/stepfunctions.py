"""Step Functions' SageMaker integration: create a resource, or run a job and wait for its end.

ministack has no optimised SageMaker integration. A job's failure raises what Step Functions raises
(`States.TaskFailed`, the description as its cause), so that Retry and Catch work; stopping the
execution, or a state's timeout, stops the job.
"""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ministack.services import stepfunctions as engine

from localcloud import stepfunctions_roles
from localcloud.iam import Need, arn
from localcloud.moto_bridge import TARGETS

PREFIX = "arn:aws:states:::sagemaker:"
SDK_PREFIX = "arn:aws:states:::aws-sdk:sagemaker:"
SYNC = ".sync"
POLL_SECONDS = 0.25
SERVICE_ERROR = "SageMaker.AmazonSageMakerException"


@dataclass(frozen=True)
class Job:
    """A kind of job that `.sync` waits for."""

    kind: str
    rule: str

    @property
    def name(self) -> str:
        """The parameter that names the job."""
        return f"{self.kind}Name"

    @property
    def status(self) -> str:
        """The field of the description that says how far it is."""
        return f"{self.kind}Status"

    def managed_rule(self) -> list[Need]:
        """What the role needs for the rule by which Step Functions learns of the job's end."""
        resource = arn("events", f"rule/StepFunctionsGetEventsForSageMaker{self.rule}JobsRule")
        return [
            Need(f"events:{action}", resource)
            for action in ("PutTargets", "PutRule", "DescribeRule")
        ]


JOBS = {
    f"create{job.kind}": job
    for job in (
        Job("ProcessingJob", "Processing"),
        Job("TrainingJob", "Training"),
        Job("HyperParameterTuningJob", "Tuning"),
        Job("TransformJob", "Transform"),
    )
}


class ExecutionStoppedError(SystemExit):
    """Ends the thread of an execution that was stopped: nothing may catch or retry it."""


def install() -> None:
    """Add the integration to ministack's Step Functions."""
    engine._AWS_SDK_SERVICE_MAP["sagemaker"] = {"target_prefix": "SageMaker", "protocol": "json"}
    engine._AWS_SDK_ERROR_PREFIX["sagemaker"] = "SageMaker"
    engine._AWS_SDK_SERVICE_MAP["applicationautoscaling"] = {
        "target_prefix": TARGETS["application-autoscaling"],
        "protocol": "json",
        "service_key": "application-autoscaling",
    }
    engine._AWS_SDK_ERROR_PREFIX["applicationautoscaling"] = "ApplicationAutoScaling"
    engine._SERVICE_DISPATCH[PREFIX] = run
    _keep_names()
    _keep_aborted()
    _know_the_deadline()
    stepfunctions_roles.install()


def run(resource: str, data: Mapping[str, Any]) -> Any:
    """Run one task: `arn:aws:states:::sagemaker:<operation>[.sync]`."""
    operation = resource.removeprefix(PREFIX).removesuffix(SYNC)
    if not resource.endswith(SYNC):
        return _call(operation, data)
    job = JOBS.get(operation)
    if job is None:
        raise engine._ExecutionError(
            "States.Runtime", f"found {resource}; .sync is for one of {sorted(JOBS)}"
        )
    stepfunctions_roles.require(job.managed_rule())
    _call(operation, data)
    return _wait(job, str(data[job.name]))


def _wait(job: Job, name: str) -> Any:
    execution = stepfunctions_roles.current_execution()
    while True:
        described = _call(f"describe{job.kind}", {job.name: name})
        status = described[job.status]
        if status == "Completed":
            return described
        if status in {"Failed", "Stopped"}:
            raise engine._ExecutionError("States.TaskFailed", json.dumps(described, default=str))
        if execution["status"] != "RUNNING" or time.monotonic() > _deadline.get():
            _call(f"stop{job.kind}", {job.name: name})
            raise ExecutionStoppedError
        time.sleep(POLL_SECONDS)


def _call(operation: str, data: Mapping[str, Any]) -> Any:
    try:
        return engine._invoke_aws_sdk_integration(SDK_PREFIX + operation, dict(data))
    except engine._ExecutionError as fault:
        # The optimised integration has one name for whatever the service answers.
        if not fault.error.startswith("States."):
            raise engine._ExecutionError(
                SERVICE_ERROR, f"{fault.cause} (Error Code: {fault.error})"
            ) from fault
        raise


_deadline: ContextVar[float] = ContextVar("task_deadline", default=float("inf"))


def _know_the_deadline() -> None:
    """Tell a waiting task when its state has timed out: ministack lets it wait on."""
    original = engine._invoke_resource_with_timeout

    def with_timeout(resource: str, data: Any, timeout: float) -> Any:
        token = _deadline.set(time.monotonic() + timeout)
        try:
            return original(resource, data, timeout)
        finally:
            _deadline.reset(token)

    engine._invoke_resource_with_timeout = with_timeout


def _keep_names() -> None:
    """Return SageMaker's fields under their own names: ministack makes VolumeSizeIngb of one."""
    original = engine._sdk_json_result

    def result(service: str, action: str, answer: Any) -> Any:
        if service != "sagemaker":
            return original(service, action, answer)
        model = engine._service_model(service)
        shape = model.operation_model(action).output_shape
        return _with_times(answer, shape) if shape else answer

    engine._sdk_json_result = result


def _with_times(value: Any, shape: Any) -> Any:
    """The answer with its epoch seconds as ISO 8601, the way Step Functions shows times."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            key: _with_times(item, shape.members[key]) if key in shape.members else item
            for key, item in value.items()
            if item is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_with_times(item, shape.member) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _with_times(item, shape.value) for key, item in value.items()}
    if shape.type_name == "timestamp" and isinstance(value, int | float):
        moment = datetime.fromtimestamp(value, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def _keep_aborted() -> None:
    """Let a stopped execution stay ABORTED when its last task fails afterwards."""
    original = engine._fail_execution

    def fail(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    engine._fail_execution = fail
