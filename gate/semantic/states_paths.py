"""Paths and intrinsics of the states language: written so that Step Functions can read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known
from gate.semantic.intrinsic import fault_of_intrinsic
from gate.semantic.path import fault_of_path, is_path
from gate.semantic.state_machine import JSONATA, State, machines

_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector")
_PATHS = (
    "InputPath",
    "OutputPath",
    "ResultPath",
    "ItemsPath",
    "SecondsPath",
    "TimestampPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "MaxConcurrencyPath",
)
_MEANT_AS_PATH = re.compile(r"\$\$?\.[A-Za-z_][\w.]*")


def paths_can_be_read(assembly: Assembly) -> Iterable[Finding]:
    """Every path and intrinsic can be read, and no path is written where it is mere text."""
    for machine in machines(assembly):
        for state in machine.states():
            if state.language != JSONATA:
                for reason in (*_field_faults(state), *_template_faults(state)):
                    yield machine.resource.finding("semantic.asl-path", f"{state.place}: {reason}")


def _field_faults(state: State) -> Iterator[str]:
    for field in _PATHS:
        value = state.body.get(field)
        if value is None:
            continue
        fault = fault_of_path(value)
        if fault is None and field == "ResultPath" and re.search(r"\*|\?|\.\.|\$\$", str(value)):
            fault = "the place of a result is one field"
        if fault is not None:
            yield f"{field} is {value!r}: {fault}"


def _template_faults(state: State) -> Iterator[str]:
    for field in _TEMPLATES:
        yield from _value_faults(state.body.get(field), field)


def _value_faults(value: object, where: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if str(key).endswith(".$"):
                yield from _dynamic_faults(item, f"{where}.{key}")
            else:
                yield from _value_faults(item, f"{where}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_faults(item, f"{where}[{index}]")
    elif isinstance(value, str) and _MEANT_AS_PATH.fullmatch(value):
        yield f"{where} is the mere text {value!r}: name the field with .$ at its end"


def _dynamic_faults(value: object, where: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{where} is {value!r}, expected a path or an intrinsic"
    elif is_known(value):
        fault = fault_of_path(value) if is_path(value) else fault_of_intrinsic(value)
        if fault is not None:
            yield f"{where} is {value!r}: {fault}"


RULES = (paths_can_be_read,)
