"""Scores made probabilities: what share of rows with such a score turned out positive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.estimate.bins import cuts_of, places
from tidewatch.core.estimate.estimate import Floats
from tidewatch.core.estimate.isotonic import pool


@dataclass(frozen=True, eq=False)
class Hold:
    """A row hangs on the knots `left` and `right` of it, on the right one by the share `along`."""

    left: NDArray[np.intp]
    right: NDArray[np.intp]
    along: Floats


@dataclass(frozen=True, eq=False)
class Calibrator:
    """A rising, piecewise linear function from score to probability through its knots.

    A knot is a block of validation rows: `scores` their mean score (rising), `probabilities` their
    share of positives (not falling), `rows` their count. `lowest` and `highest` are the extreme
    scores seen; beyond them nothing is known and the function is flat.
    """

    scores: Floats
    probabilities: Floats
    rows: Floats
    lowest: float
    highest: float

    def __call__(self, scores: Floats) -> Floats:
        """The probability of a positive at each score, shape `(rows,)`, in [0, 1]."""
        x, y = self._extended()
        return np.interp(scores, x, y)

    def hold(self, scores: Floats) -> Hold:
        """Which knots each row hangs on, shape `(rows,)`."""
        last = len(self.scores) - 1
        left = np.clip(np.searchsorted(self.scores, scores, side="right") - 1, 0, max(last - 1, 0))
        right = np.minimum(left + 1, last)
        gap = self.scores[right] - self.scores[left]
        along = np.clip((scores - self.scores[left]) / np.where(gap > 0, gap, 1), 0, 1)
        return Hold(left, right, along)

    def variance(self, hold: Hold, influence: Floats) -> float:
        """The variance that the knots' own sampling error gives a metric.

        `influence` is the metric's derivative by the probability of each row, shape `(rows,)`.
        Each knot's share varies as a binomial's does, with half a row added to both outcomes so
        that a share of 0 or 1 is not taken as certain.
        """
        knots = len(self.scores)
        pull = np.bincount(hold.left, influence * (1 - hold.along), knots)
        pull += np.bincount(hold.right, influence * hold.along, knots)
        share = (self.probabilities * self.rows + 0.5) / (self.rows + 1)
        return float((np.square(pull) * share * (1 - share) / self.rows).sum())

    def _extended(self) -> tuple[Floats, Floats]:
        """The knots, the outer segments drawn out to the extreme scores."""
        if len(self.scores) == 1:
            return self.scores, self.probabilities
        slopes = np.diff(self.probabilities) / np.diff(self.scores)
        first = self.probabilities[0] - slopes[0] * (self.scores[0] - self.lowest)
        last = self.probabilities[-1] + slopes[-1] * (self.highest - self.scores[-1])
        x = np.concatenate([[self.lowest], self.scores, [self.highest]])
        y = np.concatenate([[first], self.probabilities, [last]])
        return x, np.clip(y, 0, 1)

    def to_document(self) -> dict[str, Any]:
        """The calibrator as JSON-ready data."""
        return vars(self).copy()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Calibrator:
        """The inverse of `to_document`. Raises KeyError, TypeError or ValueError on other data."""
        scores, shares, rows = (
            np.array(document[name], dtype=np.float64)
            for name in ("scores", "probabilities", "rows")
        )
        if not (scores.ndim == 1 and scores.size and scores.shape == shares.shape == rows.shape):
            raise ValueError("expected one score, probability and count a knot")
        if (np.diff(scores) <= 0).any() or (np.diff(shares) < 0).any() or (rows <= 0).any():
            raise ValueError("expected rising scores and probabilities, and rows in every knot")
        return cls(scores, shares, rows, float(document["lowest"]), float(document["highest"]))


def fit_calibrator(scores: Floats, positive: NDArray[np.bool_]) -> Calibrator:
    """Isotonic regression on bins of equal mass, joined by straight lines.

    Bins first, so that the result is small and that single rows are not learned by heart; lines,
    because steps would say that scores within a block do not rank. Needs at least one row.

    >>> low, high = np.full(100, 0.2), np.full(100, 0.8)
    >>> positive = np.arange(200) % 100 < np.repeat([10, 60], 100)
    >>> fitted = fit_calibrator(np.concatenate([low, high]), positive)
    >>> fitted(np.array([0.2, 0.5, 0.8])).round(6).tolist()
    [0.1, 0.35, 0.6]
    """
    place = places(scores, cuts_of(scores))
    rows = np.bincount(place).astype(np.float64)
    block = pool(np.bincount(place, positive) / rows, rows)[place]
    rows = np.bincount(block).astype(np.float64)
    return Calibrator(
        scores=np.bincount(block, scores) / rows,
        probabilities=np.bincount(block, positive) / rows,
        rows=rows,
        lowest=float(scores.min()),
        highest=float(scores.max()),
    )
