"""Durations as people write them in YAML: `15m`, `6h`, `7d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_PATTERN = re.compile(r"([1-9][0-9]*)([mhd])")


def parse_duration(value: object) -> timedelta:
    """A positive whole number of minutes, hours or days.

    >>> parse_duration("7d")
    datetime.timedelta(days=7)
    """
    if isinstance(value, timedelta):
        return value
    match = _PATTERN.fullmatch(str(value))
    if match is None:
        raise ValueError("expected a whole number and a unit m, h or d, for example 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def format_duration(value: timedelta) -> str:
    """The shortest text that `parse_duration` reads back as `value`.

    >>> format_duration(timedelta(days=7))
    '7d'
    """
    minutes = int(value.total_seconds()) // 60
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


Duration = Annotated[
    timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration, return_type=str)
]
