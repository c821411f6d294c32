"""A state machine's calls run under the state machine's role, as on AWS.

ministack makes them as root. Each way out of its interpreter passes here: Lambda invocations, the
optimised integrations, nested executions and every `aws-sdk` call.
"""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ministack import app as ministack_app
from ministack.core import iam_actions
from ministack.core.router import detect_service
from ministack.services import stepfunctions as engine

from localcloud import iam, moto_bridge
from localcloud.iam import Need
from localcloud.state import settings

_execution: ContextVar[dict[str, Any] | None] = ContextVar("execution", default=None)


def install() -> None:
    """Check the role wherever the interpreter calls a service."""
    _remember_the_execution()
    _check_lambda()
    _check_integrations()
    _check_sdk_calls()


def current_execution() -> dict[str, Any]:
    """The execution whose task runs in this thread."""
    execution = _execution.get()
    if execution is None:
        raise RuntimeError("no execution runs in this thread")
    return execution


def require(needs: Iterable[Need]) -> None:
    """Fail the task where the state machine's role lacks a permission."""
    execution = _execution.get()
    if execution is None:
        return
    role = engine._state_machines[execution["stateMachineArn"]]["roleArn"]
    denial = iam.role_denial(role, needs)
    if denial is not None:
        service = denial.need.action.partition(":")[0]
        prefix = engine._AWS_SDK_ERROR_PREFIX.get(service, service.capitalize())
        raise engine._ExecutionError(f"{prefix}.AccessDeniedException", str(denial))


@contextmanager
def _within(execution: dict[str, Any] | None) -> Iterator[None]:
    token = _execution.set(execution)
    try:
        yield
    finally:
        _execution.reset(token)


def _remember_the_execution() -> None:
    original = engine._execute_task

    def execute(state: Any, data: Any, execution: dict[str, Any], context: Any) -> Any:
        with _within(execution):
            return original(state, data, execution, context)

    engine._execute_task = execute


def _check_lambda() -> None:
    original = engine._call_lambda

    def call(function: str, event: Any) -> Any:
        named = (
            function if function.startswith("arn:") else iam.arn("lambda", f"function:{function}")
        )
        require([Need("lambda:InvokeFunction", named)])
        # What a called service does is its own affair, not the machine's.
        with _within(None):
            return original(function, event)

    engine._call_lambda = call


def _check_integrations() -> None:
    table = engine._SERVICE_DISPATCH
    for prefix, needed in INTEGRATIONS.items():
        table[prefix] = _checked(table[prefix], needed)
    for name in ("_invoke_nested_start_execution", "_invoke_nested_start_execution_sync"):
        setattr(engine, name, _checked(getattr(engine, name), _start_execution))


def _checked(
    original: Callable[[str, Any], Any], needed: Callable[[Mapping[str, Any]], list[Need]]
) -> Callable[[str, Any], Any]:
    def call(resource: str, data: Any) -> Any:
        require(needed(data))
        with _within(None):
            return original(resource, data)

    return call


def _check_sdk_calls() -> None:
    original = ministack_app.call_service_handler_sync

    def call(  # noqa: PLR0913, PLR0917 - ministack's signature
        handler: Any,
        method: str,
        path: str,
        headers: dict[str, str],
        body: Any,
        query: dict[str, Any],
        timeout: float | None = None,
    ) -> Any:
        if _execution.get() is not None:
            payload = body.encode() if isinstance(body, str) else body or b""
            require(_sdk_needs(method, path, headers, payload, query))
        with _within(None):
            return original(handler, method, path, headers, body, query, timeout)

    ministack_app.call_service_handler_sync = call


def _sdk_needs(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> list[Need]:
    service = detect_service(method, path, headers, query)
    if service in moto_bridge.ROUTED:
        return iam.needs(service, method, path, headers, body)
    parameters = ministack_app._routing_params(method, path, headers, body, query)
    request = (service, method, path, headers, body, parameters)
    action = iam_actions.extract_iam_action(*request)
    if action is None:
        return []
    resource = iam_actions.extract_resource_arn(*request, settings().region, settings().account)
    return [Need(action, resource)]


def _publish(data: Mapping[str, Any]) -> list[Need]:
    return [Need("sns:Publish", str(data.get("TopicArn", "*")))]


def _put_events(data: Mapping[str, Any]) -> list[Need]:
    buses = {str(entry.get("EventBusName") or "default") for entry in data.get("Entries", [])}
    return [
        Need(
            "events:PutEvents",
            bus if bus.startswith("arn:") else iam.arn("events", f"event-bus/{bus}"),
        )
        for bus in sorted(buses)
    ]


def _send_message(data: Mapping[str, Any]) -> list[Need]:
    queue = str(data.get("QueueUrl", "")).rpartition("/")[2]
    return [Need("sqs:SendMessage", iam.arn("sqs", queue))]


def _start_execution(data: Mapping[str, Any]) -> list[Need]:
    machine = str(data.get("StateMachineArn") or data.get("stateMachineArn") or "*")
    return [Need("states:StartExecution", machine)]


INTEGRATIONS: dict[str, Callable[[Mapping[str, Any]], list[Need]]] = {
    "arn:aws:states:::sns:publish": _publish,
    "arn:aws:states:::events:putEvents": _put_events,
    "arn:aws:states:::sqs:sendMessage": _send_message,
}
