"""Prometheus durations: `90s`, `1h30m`, `5d`."""

from __future__ import annotations

import re

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536e3}
PART = re.compile(r"(\d+)(ms|[smhdwy])")


def seconds(text: str) -> float:
    """The length of a duration. ValueError where the text is none.

    >>> seconds("1h30m")
    5400.0
    """
    parts = PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise ValueError(f"{text!r} is no duration such as 90s, 1h30m or 5d")
    return sum(int(number) * UNITS[unit] for number, unit in parts)
