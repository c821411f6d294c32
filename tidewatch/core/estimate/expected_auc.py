"""Expected area under the ROC curve, from scores and the probabilities that they stand for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.estimate.estimate import Floats


def expected_auc(scores: Floats, chances: Floats) -> tuple[float, Floats] | None:
    """The area to expect, and its derivative by each row's probability; both shapes `(rows,)`.

    Of all ordered pairs of rows, the chance that one is positive and the other negative, summed
    where the first has the higher score (half where they tie), over the sum of all. None where
    less than one row of a class is to be expected: there would be no pair.

    >>> round(expected_auc(np.array([0.9, 0.8, 0.3, 0.1]), np.array([1.0, 1.0, 0.0, 0.0]))[0], 6)
    1.0
    """
    positives = float(chances.sum())
    negatives = len(chances) - positives
    if min(positives, negatives) < 1:
        return None
    levels, place = np.unique(scores, return_inverse=True)
    below_as_positive = _mass_at_or_below(place, 1 - chances, len(levels)) - (1 - chances) / 2
    above_as_negative = positives - _mass_at_or_below(place, chances, len(levels)) - chances / 2
    pairs = positives * negatives - float((chances * (1 - chances)).sum())
    won = float((chances * below_as_positive).sum())
    area = won / pairs
    slope = below_as_positive - above_as_negative
    total_slope = negatives - positives - (1 - 2 * chances)
    return area, (slope - area * total_slope) / pairs


def _mass_at_or_below(place: NDArray[np.intp], weights: Floats, levels: int) -> Floats:
    """Of `weights`: all of lower levels, and half of the row's own level."""
    mass = np.bincount(place, weights, levels).astype(np.float64)
    through: Floats = np.cumsum(mass) - mass / 2
    return through[place]
