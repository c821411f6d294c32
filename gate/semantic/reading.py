"""Reading properties that may be of any type: a wrong type is for the schema rules to find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NOT_KNOWN = ("unresolved:", "{{resolve:")


def mapping(value: object) -> Mapping[str, Any]:
    """`value` where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """`value` where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The mappings in a list."""
    return [item for item in items(value) if isinstance(item, Mapping)]


def text(value: object) -> str:
    """`value` where it is text, else an empty text."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """The texts in a list; a single text counts as a list of one."""
    if isinstance(value, str):
        return [value]
    return [item for item in items(value) if isinstance(item, str)]


def number(value: object) -> float | None:
    """A number, also where it is written as text as CloudFormation allows; else None.

    >>> number("1.5"), number(2), number(True), number("one")
    (1.5, 2.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def true(value: object) -> bool:
    """Whether `value` is true, also where it is written as text."""
    return value is True or value == "true"


def is_known(value: object) -> bool:
    """Whether a text is what AWS will see: no dangling reference, nothing resolved at deploy."""
    return isinstance(value, str) and not any(mark in value for mark in _NOT_KNOWN)
