"""Values in the requests of state machines, as patterns where they are made at run time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gate.reading import at

_FORMAT = re.compile(r"States\.Format\(\s*'((?:[^'\\]|\\.)*)'")
_HOLE = re.compile(r"(?<!\\)\{\}")


def pattern_at(request: object, key: str) -> str:
    """The value under a key: literal, or with `*` for what only a run knows.

    >>> pattern_at({"Name.$": "States.Format('flights-{}', $.id)"}, "Name")
    'flights-*'
    >>> pattern_at({"Name.$": "$.name"}, "Name")
    '*'
    """
    if not isinstance(request, Mapping):
        return "*"
    if f"{key}.$" in request:
        return pattern_of(request[f"{key}.$"])
    value = at(request, key)
    return value if isinstance(value, str) and not value.startswith("{%") else "*"


def pattern_of(expression: Any) -> str:
    """The pattern of what an expression gives."""
    found = _FORMAT.match(expression) if isinstance(expression, str) else None
    return _HOLE.sub("*", found[1]).replace("\\", "") if found else "*"
