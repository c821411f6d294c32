"""Total variation distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.distances.counts import enough, paired_counts


def total_variation(reference: ArrayLike, current: ArrayLike, minimum: int = 1) -> float | None:
    """The share of rows that would have to change cell to make both samples alike, in [0, 1].

    Half the sum of |q - p| over the cells, counts of shape `(cells,)`: the largest difference
    that both samples give any event made of cells. It needs no smoothing. None where either
    sample has fewer than `minimum` rows. Raises ValueError on counts that do not match.

    Source: Levin, Peres and Wilmer, Markov Chains and Mixing Times, 2009, proposition 4.2.

    >>> total_variation([3, 1], [2, 2])
    0.25
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, minimum):
        return None
    apart = np.abs(first / first.sum() - second / second.sum())
    return min(float(apart.sum()) / 2, 1.0)
