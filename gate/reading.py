"""Reads properties that may be anything: a missing step or a wrong type is no value at all.

The schema's rules report wrong types; all other rules only must not fall over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_NOT_KNOWN = ("unresolved:", "{{resolve:")


def at(value: object, *path: str) -> Any:
    """What stands at a path of keys, or None.

    >>> at({"Tracing": {"Mode": "Active"}}, "Tracing", "Mode")
    'Active'
    >>> at({"Tracing": "Active"}, "Tracing", "Mode") is None
    True
    """
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def within(value: object, path: str) -> Any:
    """What stands at a path that is written as keys with dots between them, or None.

    >>> within({"Tracing": {"Mode": "Active"}}, "Tracing.Mode")
    'Active'
    """
    return at(value, *path.split("."))


def mapping(value: object) -> Mapping[str, Any]:
    """`value` where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """`value` where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def listed(value: object) -> list[Any]:
    """A value that may stand alone or in a list, as a list; None is an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def mappings(value: object, *path: str) -> list[Mapping[str, Any]]:
    """The mappings at a path, alone or in a list."""
    return [item for item in listed(at(value, *path)) if isinstance(item, Mapping)]


def texts(value: object, *path: str) -> list[str]:
    """The texts at a path, alone or in a list."""
    return [item for item in listed(at(value, *path)) if isinstance(item, str)]


def text(value: object, *path: str) -> str:
    """The text at a path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def number(value: object) -> float | None:
    """A number, also where it is written as text as CloudFormation allows; else None.

    >>> number("1.5"), number(2), number(True), number("$.count")
    (1.5, 2.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def is_true(value: object) -> bool:
    """True, or the text that CloudFormation takes for it."""
    return value is True or value == "true"


def is_false(value: object) -> bool:
    """False, or the text that CloudFormation takes for it; nothing at all is not false."""
    return value is False or value == "false"


def is_given(value: object) -> bool:
    """Something is there, and it is not empty."""
    return bool(value) or value is False or isinstance(value, int | float)


def is_known(value: object) -> bool:
    """Whether a text is what AWS will see: no dangling reference, nothing resolved at deploy."""
    return isinstance(value, str) and not any(mark in value for mark in _NOT_KNOWN)


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value that holds no other, with its dotted path; list items share their list's path.

    >>> list(leaves({"A": [{"B": 1}, {"B": 2}]}))
    [('A.B', 1), ('A.B', 2)]
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, value


def parts(value: object) -> Iterator[Mapping[str, Any]]:
    """Every mapping inside `value`, itself included."""
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from parts(item)
    elif isinstance(value, list):
        for item in value:
            yield from parts(item)


def fields(value: object) -> Iterator[tuple[str, Any]]:
    """Every key inside `value` with what stands under it, at any depth."""
    for part in parts(value):
        yield from part.items()
