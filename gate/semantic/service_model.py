"""Requests against the service models of AWS: everything that botocore knows and does not check.

botocore's own validator leaves enumerations, patterns and upper limits to the service. Here the
whole model counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import UnknownServiceError

from gate.reading import is_known, number
from gate.semantic.intrinsic import least_length

_WHOLE = ("integer", "long")
_NUMBERS = (*_WHOLE, "float", "double")
_SHOWN = 60


@dataclass(frozen=True)
class Reader:
    """How requests are written.

    `strict`: members are all there, none is unknown, and values are of the right type. Else these
    are somebody else's to check. `paths`: a member may be named `Member.$`, its value then being
    made at run time. `free`: members that take any JSON.
    """

    strict: bool
    paths: bool = False
    free: frozenset[str] = frozenset()

    def faults(self, value: object, shape: Any, where: str) -> Iterator[str]:
        """What of `value` the shape does not allow, each as `where: found, expected`."""
        if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
            yield from self._structure(value, shape, where)
        elif shape.type_name == "list":
            yield from self._list(value, shape, where)
        elif shape.type_name == "map":
            yield from self._map(value, shape, where)
        elif shape.type_name == "string":
            yield from self._string(value, shape, where)
        elif shape.type_name in _NUMBERS:
            yield from self._number(value, shape, where)
        elif shape.type_name == "boolean" and not isinstance(value, bool):
            yield from self._mistyped(value, "true or false", where)

    def _structure(self, value: object, shape: Any, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield from self._mistyped(value, "an object", where)
            return
        members = {name.lower(): (name, member) for name, member in shape.members.items()}
        present = set()
        for key, item in value.items():
            name, made_at_run_time = self._member(str(key))
            # State machines write every member as `MemberName`, whatever the service does.
            spelt = name.lower() if not (self.paths and name[:1].islower()) else ""
            known, member = members.get(spelt, (None, None))
            present.add(known)
            if known is None:
                yield from self._unknown(name, shape, where)
            elif made_at_run_time:
                yield from _run_time_faults(item, member, f"{where}.{name}")
            elif known not in self.free and item is not None:
                yield from self.faults(item, member, f"{where}.{name}")
        if self.strict:
            yield from _missing(shape, present, where)

    def _member(self, key: str) -> tuple[str, bool]:
        if self.paths and key.endswith(".$"):
            return key.removesuffix(".$"), True
        return key, False

    def _unknown(self, name: str, shape: Any, where: str) -> Iterator[str]:
        if self.strict:
            near = ", ".join(sorted(shape.members)[:12])
            yield f"{where}.{name}: no such member, expected one of {near} …"

    def _list(self, value: object, shape: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield from self._mistyped(value, "a list", where)
            return
        yield from _size(len(value), shape, where, "items")
        for index, item in enumerate(value):
            yield from self.faults(item, shape.member, f"{where}[{index}]")

    def _map(self, value: object, shape: Any, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield from self._mistyped(value, "an object", where)
            return
        yield from _size(len(value), shape, where, "entries")
        for key, item in value.items():
            name, made_at_run_time = self._member(str(key))
            yield from self.faults(name, shape.key, f"{where} key")
            if not made_at_run_time:
                yield from self.faults(item, shape.value, f"{where}.{name}")

    def _string(self, value: object, shape: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield from self._mistyped(value, "text", where)
            return
        if not is_known(value) or is_expression(value):
            return
        shown = repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")
        if shape.enum and value not in shape.enum:
            some = ", ".join(shape.enum[:8])
            yield f"{where}: {shown} is not allowed, expected one of {some}"
        yield from _size(len(value), shape, where, "characters")
        pattern = shape.metadata.get("pattern")
        if pattern and not _matches(pattern, value):
            yield f"{where}: {shown} does not match {pattern}"

    def _number(self, value: object, shape: Any, where: str) -> Iterator[str]:
        found = number(value)
        if found is None or (self.strict and isinstance(value, str)):
            yield from self._mistyped(value, "a number", where)
            return
        if shape.type_name in _WHOLE and not found.is_integer():
            yield f"{where}: {found} is not a whole number"
        least, most = _limits(shape)
        if (least is not None and found < least) or (most is not None and found > most):
            yield f"{where}: {value} is not within {_range(least, most)}"

    def _mistyped(self, value: object, expected: str, where: str) -> Iterator[str]:
        if self.strict and not is_expression(value):
            yield f"{where}: {value!r} found, expected {expected}"


def is_expression(value: object) -> bool:
    """Whether the value is a JSONata expression, made into something else at run time."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


@cache
def operation(service: str, name: str) -> Any:
    """The model of an operation such as `sagemaker`, `CreateModel`; None where there is none.

    The case of the name's letters does not count, nor does a hyphen in the service's.
    """
    try:
        model = _session().get_service_model(service)
    except UnknownServiceError:
        return None
    names = {known.lower(): known for known in model.operation_names}
    found = names.get(name.lower())
    return None if found is None else model.operation_model(found)


@cache
def _session() -> Any:
    return botocore.session.get_session()


def _missing(shape: Any, present: set[str | None], where: str) -> Iterator[str]:
    for name in shape.required_members:
        made_by_the_sdk = shape.members[name].metadata.get("idempotencyToken")
        if name not in present and not made_by_the_sdk:
            yield f"{where}: {name} is missing, which is required"


def _run_time_faults(value: object, shape: Any, where: str) -> Iterator[str]:
    """What of a value that an intrinsic makes is too long however it is filled."""
    _, most = _limits(shape)
    if shape.type_name == "string" and most is not None and isinstance(value, str):
        length = least_length(value)
        if length > most:
            yield f"{where}: at least {length} characters, expected at most {most:g}"


def _size(size: int, shape: Any, where: str, unit: str) -> Iterator[str]:
    least, most = _limits(shape)
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{where}: {size} {unit}, expected {_range(least, most)}"


def _limits(shape: Any) -> tuple[float | None, float | None]:
    return number(shape.metadata.get("min")), number(shape.metadata.get("max"))


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {most:g}"
    if most is None:
        return f"at least {least:g}"
    return f"{least:g} to {most:g}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error:
        return None  # the models are written for Java, which knows more than Python's `re`


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None
