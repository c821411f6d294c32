"""How long it is at least between two runs of a schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from gate.assembly import Assembly
from gate.reading import text

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) \S+ \S+ \S+ \S+\)")
_PART = re.compile(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_MINUTES, _HOURS = 60, 24


def shortest_interval(assembly: Assembly) -> int | None:
    """Seconds between two runs of whatever runs most often; None where that is not known."""
    found = [least_seconds(expression) for expression in _expressions(assembly)]
    known = [seconds for seconds in found if seconds is not None]
    return min(known) if known and len(known) == len(found) else None


def least_seconds(expression: str) -> int | None:
    """The seconds between two runs of a schedule; None where it cannot be told.

    >>> [least_seconds(f"cron({fields} * * ? *)") for fields in ("0 *", "*/15 3", "0 6,18", "0 6")]
    [3600, 900, 43200, 86400]
    """
    if rate := _RATE.fullmatch(expression):
        return int(rate[1]) * _SECONDS[rate[2]]
    if expression.startswith("at("):
        return _SECONDS["day"]
    cron = _CRON.fullmatch(expression)
    if cron is None:
        return None
    minutes, hours = _gap(cron[1], _MINUTES), _gap(cron[2], _HOURS)
    if minutes is None or hours is None:
        return None
    if minutes < _MINUTES:
        return minutes * _SECONDS["minute"]
    return hours * _SECONDS["hour"]


def _expressions(assembly: Assembly) -> Iterator[str]:
    for resource in assembly.resources("AWS::Scheduler::Schedule", "AWS::Events::Rule"):
        expression = text(resource.properties, "ScheduleExpression")
        if expression:
            yield expression


def _gap(field: str, most: int) -> int | None:
    """The least distance between two values of a field, around the clock."""
    values: set[int] = set()
    for part in field.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            return None
        first = 0 if found[1] == "*" else int(found[1])
        alone = found[1] != "*" and found[3] is None
        last = int(found[2]) if found[2] else first if alone else most - 1
        values.update(range(first, last + 1, int(found[3] or 1) or 1))
    if not values:
        return None
    ordered = sorted(values)
    return min(after - before for before, after in pairwise([*ordered, ordered[0] + most]))
