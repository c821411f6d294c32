"""Counts over cells, and the shares they make: the input of every distance."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

SMOOTHING = 1e-4
"""The share that an empty cell is taken to have, where a logarithm needs one."""


def paired_counts(reference: ArrayLike, current: ArrayLike) -> tuple[Floats, Floats]:
    """Both samples' counts as float64 arrays of one shape `(cells,)`.

    Raises ValueError where the shapes differ or a count is negative or not finite.
    """
    first = np.asarray(reference, dtype=np.float64)
    second = np.asarray(current, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            f"expected two flat arrays over the same cells, found {first.shape} and {second.shape}"
        )
    for counts in (first, second):
        if not np.isfinite(counts).all() or (counts < 0).any():
            raise ValueError("expected counts that are finite and not negative")
    return first, second


def enough(reference: Floats, current: Floats, minimum: int) -> bool:
    """Whether both samples hold at least `minimum` rows, and at least one."""
    return min(float(reference.sum()), float(current.sum())) >= max(minimum, 1)


def smoothed_shares(counts: Floats, smoothing: float) -> Floats:
    """Each cell's share, an empty cell's being `smoothing`; they may add up to a little over 1.

    >>> smoothed_shares(np.array([3.0, 1.0, 0.0]), 1e-4)
    array([7.5e-01, 2.5e-01, 1.0e-04])
    """
    if smoothing <= 0:
        raise ValueError(f"smoothing must be above 0, found {smoothing}")
    shares = counts / counts.sum()
    return np.where(shares == 0, smoothing, shares)


def relative_entropy(p: Floats, q: Floats) -> float:
    """The sum of p ln(p / q) over the cells, in nats; a cell where p is 0 adds nothing."""
    filled = p > 0
    return float((p[filled] * np.log(p[filled] / q[filled])).sum())
