"""Expected calibration error, and what chance alone makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tidewatch.core.quality.scored import Floats, Scored
from tidewatch.core.verdict import FALSE_ALARM_DEVIATIONS, Noise

BINS = 10


@dataclass(frozen=True)
class Calibration:
    """The error in [0, 1], and the error that a perfectly calibrated model would show."""

    error: float
    noise: Noise


def calibration(data: Scored, bins: int = BINS) -> Calibration | None:
    """Expected calibration error over at most `bins` bins of equal mass.

    Bins are cut at the scores' quantiles; equal scores stay together, so that the order of the
    rows does not matter. The error is the mean over the rows of each bin's distance between mean
    score and share of positives; lower is better. A small sample has one even when the scores are
    perfect: `noise`, from the normal approximation of each bin's share. None without rows.

    Source: Nguyen and O'Connor, Posterior calibration and exploratory analysis, 2015.

    >>> from tidewatch.core.quality.scored import scored
    >>> calibration(scored([1, 1, 0, 0], [0.9, 0.9, 0.2, 0.2])).error
    0.15
    """
    if not data.rows:
        return None
    rows, scores, labels, variances = _bin(data, bins)
    weights = rows / data.rows
    error = float((weights * np.abs(scores - labels) / rows).sum())
    deviations = np.sqrt(variances) / rows
    expected = float((weights * deviations).sum()) * math.sqrt(2 / math.pi)
    spread = float(np.square(weights * deviations).sum()) * (1 - 2 / math.pi)
    return Calibration(
        error, Noise(expected, expected + FALSE_ALARM_DEVIATIONS * math.sqrt(spread))
    )


def _bin(data: Scored, bins: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Per bin that is not empty: rows, sum of scores, sum of labels, sum of score variances."""
    cuts = np.quantile(data.scores, np.arange(1, bins) / bins, method="inverted_cdf")
    place = np.searchsorted(np.unique(cuts), data.scores, side="left")
    rows = np.bincount(place).astype(np.float64)
    filled = rows > 0

    def total(weights: Floats) -> Floats:
        return np.bincount(place, weights=weights)[filled].astype(np.float64)

    scores = data.scores
    variances = total(scores * (1 - scores))
    return rows[filled], total(scores), total(data.labels.astype(np.float64)), variances
