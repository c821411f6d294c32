"""Pearson's chi-square test of homogeneity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.distances.counts import enough, paired_counts
from tidewatch.core.distances.laws import chi_square_tail


@dataclass(frozen=True)
class ChiSquare:
    """The statistic in [0, inf), its degrees of freedom and its p-value in [0, 1]."""

    statistic: float
    freedom: int
    p_value: float


def chi_square(reference: ArrayLike, current: ArrayLike, minimum: int = 1) -> ChiSquare | None:
    """Tests whether both samples have the same shares, without continuity correction.

    Counts have shape `(cells,)`; cells that both leave empty are left out. A low p-value is bad.
    With one cell there is nothing to test: statistic 0, p-value 1. None where either sample has
    fewer than `minimum` rows. Raises ValueError on counts that do not match.

    Source: Pearson, 1900; the p-value wants about five expected rows a cell (Cochran, 1954).

    >>> chi_square([50, 50], [60, 40]).statistic
    2.0202020202020203
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, minimum):
        return None
    table = np.stack([first, second])[:, first + second > 0]
    freedom = table.shape[1] - 1
    if freedom == 0:
        return ChiSquare(0.0, 0, 1.0)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return ChiSquare(statistic, freedom, chi_square_tail(freedom, statistic))
