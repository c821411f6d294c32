"""Cutting rows into bins of about equal mass, by score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.estimate.estimate import Floats

MAX_BINS = 50
LEAST_ROWS = 50
"""A bin holds at least about so many rows: fewer say nothing of a share."""


def cuts_of(scores: Floats, bins: int = MAX_BINS, least: int = LEAST_ROWS) -> Floats:
    """Rising upper bounds of all bins but the last; equal scores are never parted.

    >>> cuts_of(np.arange(8.0), bins=4, least=2).tolist()
    [1.0, 3.0, 5.0]
    """
    count = max(1, min(bins, len(scores) // least))
    if count == 1:
        return np.empty(0)
    shares = np.arange(1, count) / count
    cuts: Floats = np.unique(np.quantile(scores, shares, method="inverted_cdf"))
    below: Floats = cuts[cuts < scores.max()]
    return below


def places(scores: Floats, cuts: Floats) -> NDArray[np.intp]:
    """The bin of each score, from 0; scores beyond all that were seen go to the outer bins."""
    found: NDArray[np.intp] = np.searchsorted(cuts, scores, side="left")
    return found
