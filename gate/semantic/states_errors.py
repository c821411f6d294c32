"""Retries and catches: error names that exist, numbers that are allowed, an order that works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mappings, number, texts
from gate.semantic.state_machine import State, machines

ALL = "States.ALL"

# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_RESERVED = {
    ALL,
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.Http.StatusCode",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
}
_NUMBERS = {
    "IntervalSeconds": (1, 99_999_999),
    "MaxAttempts": (0, 99_999_999),
    "BackoffRate": (1, float("inf")),
    "MaxDelaySeconds": (1, 31_622_399),
}
_FIELDS = {
    "Retry": {"ErrorEquals", "JitterStrategy", "Comment", *_NUMBERS},
    "Catch": {"ErrorEquals", "Next", "ResultPath", "Comment", "Assign", "Output"},
}


def error_handlers_are_sound(assembly: Assembly) -> Iterable[Finding]:
    """Every retrier and catcher handles errors that exist, and none is behind States.ALL."""
    for machine in machines(assembly):
        for state in machine.states():
            for reason in _faults(state):
                yield machine.resource.finding("semantic.asl-errors", f"{state.place}: {reason}")


def _faults(state: State) -> Iterator[str]:
    for field, allowed in _FIELDS.items():
        handlers = mappings(state.body.get(field))
        for index, handler in enumerate(handlers):
            where = f"{field}[{index}]"
            yield from _name_faults(handler, where, last=index == len(handlers) - 1)
            for unknown in sorted(set(handler) - allowed):
                yield f"{where} has no field {unknown!r}"
            if field == "Retry":
                yield from _number_faults(handler, where)
            elif "Next" not in handler:
                yield f"{where} has no Next"


def _name_faults(handler: Mapping[str, Any], where: str, *, last: bool) -> Iterator[str]:
    names = texts(handler.get("ErrorEquals"))
    if not names:
        yield f"{where}.ErrorEquals names no error"
    for name in names:
        if name.startswith("States.") and name not in _RESERVED:
            yield f"{where} handles {name!r}, which is no error of Step Functions"
    if ALL in names and (len(names) > 1 or not last):
        yield f"{where} handles {ALL}, expected that alone and in the last place"


def _number_faults(handler: Mapping[str, Any], where: str) -> Iterator[str]:
    for field, (least, most) in _NUMBERS.items():
        found = number(handler.get(field))
        if found is not None and not least <= found <= most:
            yield f"{where}.{field} is {found:g}, expected {least:g} to {most:g}"
    if handler.get("JitterStrategy", "NONE") not in ("NONE", "FULL"):
        yield f"{where}.JitterStrategy is {handler['JitterStrategy']!r}, expected FULL or NONE"


RULES = (error_handlers_are_sound,)
