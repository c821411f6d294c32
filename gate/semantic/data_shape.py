"""What is known of the data between states: which fields there can be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_DEEPEST = 6
_ACRONYM = re.compile(r"([A-Z])([A-Z]+)(?=[A-Z][a-z]|\d|$)")


@dataclass(frozen=True)
class Shape:
    """An object that can have `fields`, and others too where it is `open`; or a list of `items`.

    A scalar is an object without fields that is not open; its `kind` is "string", "number" or
    "boolean", or empty where that is not known, and `values` are those of its enum, if it has one.
    """

    fields: Mapping[str, Shape] = field(default_factory=dict)
    open: bool = False
    items: tuple[Shape, ...] | None = None
    kind: str = ""
    values: frozenset[str] = frozenset()

    def at(self, steps: Sequence[str | int]) -> Shape | None:
        """What is at a path; None where nothing can be there."""
        found: Shape | None = self
        for step in steps:
            if found is None:
                return None
            found = found._step(step)  # noqa: SLF001 - of its own kind
        return found

    def put(self, steps: Sequence[str | int], value: Shape) -> Shape:
        """The same with `value` at a path."""
        if not steps:
            return value
        first, *rest = steps
        if not isinstance(first, str):
            return UNKNOWN
        inner = self.fields.get(first) or Shape(open=self.open)
        return Shape({**self.fields, first: inner.put(rest, value)}, self.open)

    def join(self, other: Shape, depth: int = 0) -> Shape:
        """What there can be where either may have come."""
        if depth > _DEEPEST or (self.items is None) != (other.items is None):
            return UNKNOWN
        if self.items is not None and other.items is not None:
            if len(self.items) != len(other.items):
                return UNKNOWN
            pairs = zip(self.items, other.items, strict=True)
            return Shape(items=tuple(one.join(two, depth + 1) for one, two in pairs))
        names = {**self.fields, **other.fields}
        fields = {name: self._joined(other, name, depth) for name in names}
        kind = self.kind if self.kind == other.kind else ""
        # One that has no enum may have any value.
        values = self.values | other.values if self.values and other.values else frozenset()
        return Shape(fields, self.open or other.open, None, kind, values)

    def _joined(self, other: Shape, name: str, depth: int) -> Shape:
        mine, theirs = self.fields.get(name), other.fields.get(name)
        if mine is not None and theirs is not None:
            return mine.join(theirs, depth + 1)
        # The one that does not name the field may have had it in any form.
        unnamed = self if mine is None else other
        return UNKNOWN if unnamed.open else mine or theirs or UNKNOWN

    def _step(self, step: str | int) -> Shape | None:
        if isinstance(step, int):
            if self.items is None:
                return UNKNOWN if self.open else None
            return self.items[step] if step < len(self.items) else None
        return self.fields.get(step, UNKNOWN if self.open else None)


UNKNOWN = Shape(open=True)
SCALAR = Shape()


def shape_of_literal(value: object, depth: int = 0) -> Shape:
    """The shape of JSON that is written out."""
    if depth > _DEEPEST:
        return UNKNOWN
    if isinstance(value, Mapping):
        return Shape({str(key): shape_of_literal(item, depth + 1) for key, item in value.items()})
    if isinstance(value, list):
        return Shape(items=tuple(shape_of_literal(item, depth + 1) for item in value))
    return Shape(kind=_kind_of_literal(value))


def shape_of_model(model: Any, depth: int = 0) -> Shape:
    """The shape of what a service answers, named as state machines see it."""
    if model is None or model.type_name in _SCALARS:
        return _shape_of_scalar(model)
    if model.type_name != "structure" or depth >= _DEEPEST:
        return UNKNOWN
    fields = {}
    for name, member in model.members.items():
        pascal = name[:1].upper() + name[1:]
        inner = shape_of_model(member, depth + 1)
        fields[pascal] = inner
        # The SDK that Step Functions calls with writes DbName where the API writes DBName.
        fields[_ACRONYM.sub(lambda found: found[1] + found[2].lower(), pascal)] = inner
    return Shape(fields)


def _shape_of_scalar(model: Any) -> Shape:
    if model is None:
        return SCALAR
    values = frozenset(getattr(model, "enum", None) or ())
    return Shape(kind=_SCALARS[model.type_name], values=values)


def _kind_of_literal(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else ""


# State machines see a time as a text.
_SCALARS = {
    "string": "string",
    "integer": "number",
    "long": "number",
    "float": "number",
    "double": "number",
    "boolean": "boolean",
    "timestamp": "string",
}
