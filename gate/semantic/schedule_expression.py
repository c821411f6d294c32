"""The grammar of schedules: `rate(…)`, `cron(…)` and `at(…)`.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

_RATE = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")
_CRON = re.compile(r"cron\(([^()]*)\)")
_AT = re.compile(r"at\(([^()]*)\)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS = 6
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


@dataclass(frozen=True)
class _Field:
    """One field of a cron expression; names stand for numbers from `least` on."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    special: str = ""

    def faults(self, written: str) -> Iterator[str]:
        """What of the field cannot be read."""
        for part in written.split(","):
            if not self._is_valid(part):
                yield f"{part!r} is no {self.name}, expected {self.least} to {self.most}"

    def _is_valid(self, part: str) -> bool:
        if self.special and re.fullmatch(self.special, part):
            return True
        span, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and int(step) > 0):
            return False
        return span == "*" or self._is_span(span)

    def _is_span(self, span: str) -> bool:
        first, dash, last = span.partition("-")
        values = [self._number(word) for word in ((first, last) if dash else (first,))]
        return all(value is not None and self.least <= value <= self.most for value in values)

    def _number(self, word: str) -> int | None:
        if word.isdecimal():
            return int(word)
        return self.names.index(word.upper()) + self.least if word.upper() in self.names else None


_CRON_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31, special=r"\?|L|LW|L-\d{1,2}|([1-9]|[12]\d|3[01])W"),
    _Field("month", 1, 12, tuple(_MONTHS)),
    _Field("day of week", 1, 7, tuple(_DAYS), r"\?|L|[1-7]L|[1-7]#[1-5]|[A-Z]{3}#[1-5]|[A-Z]{3}L"),
    _Field("year", 1970, 2199),
)


def faults_of(expression: str, *, once: bool) -> list[str]:
    """Why a schedule is none; `once` where `at(…)` is allowed.

    >>> faults_of("rate(1 hours)", once=False)
    ["'rate(1 hours)': expected 'hour' after 1"]
    """
    return [f"{expression!r}: {fault}" for fault in _faults(expression, once=once)]


def _faults(expression: str, *, once: bool) -> Iterator[str]:
    if found := _RATE.fullmatch(expression):
        yield from _rate_faults(int(found[1]), found[2])
    elif found := _CRON.fullmatch(expression):
        yield from _cron_faults(found[1].split())
    elif once and (found := _AT.fullmatch(expression)):
        if not _is_moment(found[1]):
            yield "expected at(yyyy-mm-ddThh:mm:ss)"
    else:
        kinds = "rate(…), cron(…) or at(…)" if once else "rate(…) or cron(…)"
        yield f"expected {kinds}, with a whole number of minutes, hours or days in a rate"


def _rate_faults(count: int, unit: str) -> Iterator[str]:
    if count < 1:
        yield "expected a number above 0"
    elif (count == 1) == unit.endswith("s"):
        expected = unit.rstrip("s") if count == 1 else f"{unit}s"
        yield f"expected {expected!r} after {count}"


def _cron_faults(written: list[str]) -> Iterator[str]:
    if len(written) != _FIELDS:
        yield f"{len(written)} fields, expected six: minute hour day month weekday year"
        return
    days = written[_DAY_OF_MONTH], written[_DAY_OF_WEEK]
    if days.count("?") != 1:
        yield "expected ? in either the day of month or the day of week"
    for field, value in zip(_CRON_FIELDS, written, strict=True):
        yield from field.faults(value)


def _is_moment(written: str) -> bool:
    try:
        datetime.strptime(written, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - its zone is beside it
    except ValueError:
        return False
    return True
