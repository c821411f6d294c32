"""Takes the arguments of an expression, or says that they are none."""

from __future__ import annotations

import json
from typing import Any

_LONGEST = 80


class MalformedError(ValueError):
    """An expression that cannot be worked out: it refers to nothing, or its arguments are wrong."""


def items(value: object, *lengths: int) -> list[Any]:
    """`value`, a list with one of these lengths; of any length where none is named."""
    if isinstance(value, list) and (not lengths or len(value) in lengths):
        return value
    raise MalformedError(short(value))


def text(value: object) -> str:
    """`value` as a text; numbers and booleans as CloudFormation writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise MalformedError(short(value))


def integer(value: object) -> int:
    """`value` as a whole number."""
    try:
        return int(text(value))
    except ValueError:
        raise MalformedError(short(value)) from None


def short(value: object) -> str:
    """`value` for a message."""
    written = value if isinstance(value, str) else json.dumps(value, default=str)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"
