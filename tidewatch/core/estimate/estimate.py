"""What an estimate is, and what makes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

DEVIATIONS = 1.959963984540054
"""Half the width of an interval that holds 95 % of a normal variable, in standard deviations."""


@dataclass(frozen=True)
class Estimated:
    """A metric as it is expected to turn out, and how far the truth may lie from it.

    `deviation` is the standard deviation of (realised - `value`) while scores mean what they meant
    on the validation rows. It holds the chance of the window's own labels, what is not known of
    the calibration, and how much rows come in clumps (see `dispersion`).
    """

    value: float
    deviation: float
    highest: float = 1.0
    """No value of the metric is above this; none is below 0."""

    @property
    def lower(self) -> float:
        """Where the interval of 95 % starts."""
        return max(self.value - DEVIATIONS * self.deviation, 0.0)

    @property
    def upper(self) -> float:
        """Where the interval of 95 % ends."""
        return min(self.value + DEVIATIONS * self.deviation, self.highest)


@dataclass(frozen=True)
class Estimate:
    """Every metric that `rows` predictions allow to estimate; None where they cannot say."""

    rows: int
    metrics: Mapping[str, Estimated | None]

    def values(self) -> dict[str, float | None]:
        """The expected value of each metric."""
        return {name: None if item is None else item.value for name, item in self.metrics.items()}


class Estimator(Protocol):
    """Estimates the performance of one version from what it answered."""

    headline: ClassVar[str]
    """The metric that stands for the whole: it is the one that is judged."""

    def estimate(self, scores: Floats) -> Estimate:
        """The performance to expect on rows with these scores, shape `(rows,)`."""

    def realised(self, labels: Floats, scores: Floats) -> Mapping[str, float | None]:
        """The same metrics, measured against the truth. Raises DataError on impossible labels."""

    def to_document(self) -> dict[str, Any]:
        """The estimator as JSON-ready data; `read_estimator` reads it."""
