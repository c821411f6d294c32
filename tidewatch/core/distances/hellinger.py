"""Hellinger distance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.distances.counts import enough, paired_counts


def hellinger(reference: ArrayLike, current: ArrayLike, minimum: int = 1) -> float | None:
    """The distance between the square roots of both samples' shares: a metric, in [0, 1].

    Counts have shape `(cells,)`. 0 means equal shares, 1 that no cell is shared; it needs no
    smoothing. None where either sample has fewer than `minimum` rows. Raises ValueError on counts
    that do not match.

    Source: Hellinger, Neue Begründung der Theorie quadratischer Formen, 1909; normalised by the
    square root of 2.

    >>> hellinger([10, 0], [0, 10])
    1.0
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, minimum):
        return None
    apart = np.sqrt(first / first.sum()) - np.sqrt(second / second.sum())
    return math.sqrt(min(float(np.square(apart).sum()) / 2, 1.0))
