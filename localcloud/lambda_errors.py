"""A Python function's exception under its own name, as Lambda reports it.

ministack calls all of them Runtime.HandlerError, so a state machine could not catch or retry one
by its name.
"""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# What ministack's worker writes when the handler raises; the type goes along.
WRITTEN = '"error": str(e), "trace": traceback.format_exc()'
WRITTEN_WITH_TYPE = '"error": str(e), "type": type(e).__name__, "trace": traceback.format_exc()'

_raised: ContextVar[dict[str, Any] | None] = ContextVar("raised", default=None)


def install() -> None:
    """Carry the exception's type and trace from the worker into the answer."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(WRITTEN, WRITTEN_WITH_TYPE)
    _remember_what_was_raised()
    _report_what_was_raised()


def _remember_what_was_raised() -> None:
    original = lambda_runtime.Worker.invoke

    def invoke(self: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        response: dict[str, Any] = original(self, *arguments, **options)
        _raised.set(response if "type" in response else None)
        return response

    lambda_runtime.Worker.invoke = invoke


def _report_what_was_raised() -> None:
    original = lambda_svc._execute_function_warm

    def execute(function: Any, event: Any, request_id: str) -> dict[str, Any]:
        _raised.set(None)
        result: dict[str, Any] = original(function, event, request_id)
        raised = _raised.get()
        if raised is not None and result.get("error"):
            result["body"] = {
                "errorMessage": raised["error"],
                "errorType": raised["type"],
                "requestId": request_id,
                "stackTrace": raised["trace"].splitlines(keepends=True),
            }
        return result

    lambda_svc._execute_function_warm = execute
