"""Rates with their uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from scipy.special import betaincinv

from benchmarks.drift.trial import Case, Tally


@dataclass(frozen=True)
class Rate:
    """Alarms among feature-windows."""

    alarms: int
    windows: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.alarms / self.windows

    @property
    def interval(self) -> tuple[float, float]:
        """The exact binomial interval of 95 %, Clopper and Pearson 1934.

        >>> low, high = Rate(0, 180).interval
        >>> low, round(high, 4)
        (0.0, 0.0203)
        """
        misses = self.windows - self.alarms
        low = float(betaincinv(self.alarms, misses + 1, 0.025)) if self.alarms else 0.0
        high = float(betaincinv(self.alarms + 1, misses, 0.975)) if misses else 1.0
        return low, high

    def __str__(self) -> str:
        """As a table has it.

        >>> str(Rate(9, 180))
        '5.0 % (2.3-9.3)'
        """
        low, high = self.interval
        return f"{100 * self.share:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


Picked: TypeAlias = Callable[[Case], bool]


def rate(tally: Tally, picked: Picked, **facts: object) -> Rate | None:
    """The rate over all cases that are `picked` and have these facts; None where there is none."""
    alarms = windows = 0
    for (case, alarm), times in tally.items():
        if all(getattr(case, name) == fact for name, fact in facts.items()) and picked(case):
            windows += times
            alarms += times * alarm
    return Rate(alarms, windows) if windows else None


def sizes(cases: Iterable[Case]) -> list[int]:
    """The sizes of windows, rising."""
    return sorted({case.rows for case in cases})
