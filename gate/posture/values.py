"""Reading properties that may be anything: a missing step or a wrong type is no value at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def within(value: object, path: str) -> Any:
    """The value at a dotted path of keys, or None.

    >>> within({"A": {"B": 3}}, "A.B")
    3
    >>> within({"A": "text"}, "A.B") is None
    True
    """
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The mappings in a list; a single mapping is a list of one, anything else is empty."""
    if isinstance(value, Mapping):
        return [value]
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """The texts in a list; a single text is a list of one, anything else is empty."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def number(value: object) -> float | None:
    """A number, also one that is written as text, as CloudFormation allows.

    >>> number("14"), number(True), number("$.count")
    (14.0, None, None)
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
