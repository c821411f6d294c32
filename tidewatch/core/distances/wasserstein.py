"""Wasserstein distance (earth mover's) on binned samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.distances.counts import Floats, enough, paired_counts


@dataclass(frozen=True)
class BinnedSample:
    """A sample over right-closed bins: rows and sum of the values in each, shape `(bins,)`."""

    counts: ArrayLike
    sums: ArrayLike


@dataclass(frozen=True)
class Wasserstein:
    """The distance in the values' own unit, and in standard deviations of the reference.

    `normalised` is None where the reference does not vary.
    """

    distance: float
    normalised: float | None


def wasserstein(
    edges: Floats,
    reference: BinnedSample,
    current: BinnedSample,
    reference_std: float,
    minimum: int = 1,
) -> Wasserstein | None:
    """The area between both empirical distribution functions (the distance of order 1).

    `edges` has shape `(bins - 1,)`, rising; the outermost bins are open. The sums make the signed
    area of every bin exact; the distance is short only by what changes sign within one bin. Range
    [0, inf). None where either sample has fewer than `minimum` rows, or where sums have left the
    range of floats. Raises ValueError on counts that do not match.

    Source: Villani, Optimal Transport, 2009; in one dimension by Vallender, 1974.

    >>> reference = BinnedSample(counts=[2, 2], sums=[1.0, 5.0])
    >>> current = BinnedSample(counts=[1, 3], sums=[0.5, 8.0])
    >>> wasserstein(np.array([1.0]), reference, current, reference_std=2.0)
    Wasserstein(distance=0.625, normalised=0.3125)
    """
    first, second = paired_counts(reference.counts, current.counts)
    if not enough(first, second, minimum):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        gap = _area_under(edges, first, reference.sums) - _area_under(edges, second, current.sums)
        distance = float(np.abs(np.diff(gap, prepend=0.0)).sum())
    if not math.isfinite(distance):
        return None
    varies = reference_std > 0 and math.isfinite(reference_std)
    return Wasserstein(distance, distance / reference_std if varies else None)


def _area_under(edges: Floats, counts: Floats, sums: ArrayLike) -> Floats:
    """The integral of the distribution function up to each edge, and up to a point past the end.

    Past the last edge both samples' integrals grow alike, so that the point itself cancels and
    may be left out: what is left is minus the mean.
    """
    rows = counts.sum()
    share = np.cumsum(counts)[:-1] / rows
    partial_means = np.cumsum(np.asarray(sums, dtype=np.float64)) / rows
    return np.append(edges * share - partial_means[:-1], -partial_means[-1])
