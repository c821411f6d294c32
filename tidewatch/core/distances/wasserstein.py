"""Wasserstein distance (earth mover's) on binned samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidewatch.core.distances.counts import Floats, enough, paired_counts

_MANY = 4
"""Values in a bin that are taken to lie evenly in it."""


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
    area of every bin exact, and so the distance where the gap keeps its sign there. Where it may
    not: few values stand at their mean, many rise evenly through the bin. Range [0, inf). None
    where either sample has fewer than `minimum` rows, or where sums have left the range of floats.
    Raises ValueError on counts that do not match.

    Source: Villani, Optimal Transport, 2009; in one dimension by Vallender, 1974.

    >>> reference = BinnedSample(counts=[2, 2], sums=[1.0, 5.0])
    >>> current = BinnedSample(counts=[1, 3], sums=[0.5, 8.0])
    >>> found = wasserstein(np.array([1.0]), reference, current, reference_std=2.0)
    >>> round(found.distance, 9), round(found.normalised, 9)
    (0.625, 0.3125)
    """
    first, second = paired_counts(reference.counts, current.counts)
    if not enough(first, second, minimum):
        return None
    if not (np.isfinite(reference.sums).all() and np.isfinite(current.sums).all()):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        distance = float(
            _areas(
                edges,
                _Steps.of(first, reference.sums, edges),
                _Steps.of(second, current.sums, edges),
            ).sum()
        )
    if not math.isfinite(distance):
        return None
    varies = reference_std > 0 and math.isfinite(reference_std)
    return Wasserstein(distance, distance / reference_std if varies else None)


@dataclass(frozen=True)
class _Steps:
    """A distribution function that rises once in every bin: by `share`, at `place`."""

    share: Floats
    place: Floats
    is_many: NDArray[np.bool_]

    @classmethod
    def of(cls, counts: Floats, sums: ArrayLike, edges: Floats) -> _Steps:
        filled = counts > 0
        means = np.divide(sums, counts, out=np.zeros_like(counts), where=filled)
        low, high = _bounds(edges)
        return cls(
            counts / counts.sum(),
            np.where(filled, np.clip(means, low, high), np.nan),
            counts >= _MANY,
        )


def _bounds(edges: Floats) -> tuple[Floats, Floats]:
    return np.append(-np.inf, edges), np.append(edges, np.inf)


def _areas(edges: Floats, first: _Steps, second: _Steps) -> Floats:
    """The area between both functions in every bin."""
    low, high = _bounds(edges)
    gap = np.cumsum(first.share) - np.cumsum(second.share)
    gap[-1] = 0.0  # both are 1 there, but for rounding
    before = np.concatenate([np.zeros(1), gap[:-1]])
    anywhere = np.where(np.isinf(low), high, low)
    start = np.fmin(first.place, second.place)
    stop = np.fmax(first.place, second.place)
    start = np.where(np.isnan(start), anywhere, start)
    stop = np.where(np.isnan(stop), anywhere, stop)
    middle = np.where(first.place <= second.place, before + first.share, before - second.share)
    pieces = (
        before * _width(low, start, before),
        middle * (stop - start),
        gap * _width(stop, high, gap),
    )
    signed = np.abs(pieces[0] + pieces[1] + pieces[2])
    stepped = np.abs(pieces[0]) + np.abs(pieces[1]) + np.abs(pieces[2])
    turns = before * gap < 0
    height = np.zeros_like(gap)
    np.divide(before**2 + gap**2, 2 * np.abs(before - gap), out=height, where=turns)
    even = np.maximum(signed, height * _width(low, high, height))
    areas: Floats = np.where(first.is_many & second.is_many, even, stepped)
    return areas


def _width(start: Floats, stop: Floats, gap: Floats) -> Floats:
    """0 where there is no gap, however wide: the outermost bins have no end."""
    return np.where(gap == 0, 0.0, stop - start)
