"""The bins of a numeric feature, chosen once from the reference and never moved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Fence: TypeAlias = tuple[int, int]
"""Positions in `Edges.fine`: values up to the first, or above the second, lie outside."""

BINS = 1000
CELLS = 10
_STEPS = 33
_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, eq=False)
class Edges:
    """Right-closed bins: bin i holds `fine[i - 1] < x <= fine[i]`, the outermost are open.

    `fine` has shape `(bins - 1,)`, rising. `coarse` are positions in `fine`: the edges of the
    cells that PSI and its kin compare. `tukey` and `sigma` are the outlier fences at 1.5
    interquartile ranges and at 3 standard deviations, None where the reference had no value.
    `origin` is the value that sums are taken from, which keeps them exact far away from zero.
    """

    fine: Floats
    coarse: NDArray[np.int64]
    tukey: Fence | None
    sigma: Fence | None
    origin: float

    @property
    def bins(self) -> int:
        """How many bins there are: one more than edges."""
        return len(self.fine) + 1

    @cached_property
    def atoms(self) -> NDArray[np.bool_]:
        """Which bins can hold one value only, shape `(bins,)`."""
        lower, upper = self.fine[:-1], self.fine[1:]
        single = np.nextafter(lower, np.inf) >= upper
        return np.concatenate([[False], single, [False]]) if len(self.fine) else np.array([False])

    @cached_property
    def cell_starts(self) -> NDArray[np.int64]:
        """The first bin of every coarse cell, as `np.add.reduceat` takes it."""
        return np.concatenate([np.zeros(1, dtype=np.int64), self.coarse + 1])

    @cached_property
    def offsets(self) -> Floats:
        """`fine` as seen from `origin`, the way sums are; infinite where floats do not reach."""
        with np.errstate(over="ignore"):
            return self.fine - self.origin

    @property
    def outlier_fence(self) -> Fence | None:
        """Tukey's fence; where half of the reference is one value, the one at 3 deviations.

        Tukey's would then call every other value an outlier. None where there was no value.
        """
        if self.tukey is not None and self.tukey[1] - self.tukey[0] == 1:
            return self.sigma
        return self.tukey

    def is_same(self, other: Edges) -> bool:
        """Whether counts over both may be added."""
        if self is other:
            return True
        places = (self.tukey, self.sigma, self.origin)
        return (
            np.array_equal(self.fine, other.fine)
            and np.array_equal(self.coarse, other.coarse)
            and places == (other.tukey, other.sigma, other.origin)
        )


def edges_of(values: Floats, bins: int = BINS) -> Edges:
    """The bins of a reference: `values`, finite and sorted, of shape `(n,)`.

    Fine bins are about `bins` quantiles, so that none holds much more than its share; a value
    that holds more is an atom and gets a bin of its own; both tails are cut finer, by rank and by
    distance. A feature of few distinct values gets a bin for each. Coarse cells are
    deciles, with atoms apart: otherwise a feature that is mostly zero would have one cell, and
    no shift could be seen.

    >>> edges = edges_of(np.array([0.0, 0.0, 0.0, 1.0]))
    >>> edges.fine[edges.coarse].round(6).tolist()
    [-0.0, 0.0]
    """
    if len(values) == 0:
        return Edges(np.empty(0), np.empty(0, dtype=np.int64), None, None, 0.0)
    coarse = _coarse(values)
    tukey, sigma = _tukey(values), _sigma(values)
    fine = np.unique(np.concatenate([_fine(values, bins), coarse, tukey, sigma]))
    return Edges(
        fine=fine,
        coarse=np.searchsorted(fine, coarse),
        tukey=_positions(fine, tukey),
        sigma=_positions(fine, sigma),
        origin=float(values[len(values) // 2]),
    )


def _fine(values: Floats, bins: int) -> Floats:
    distinct = values[np.concatenate([[True], values[1:] != values[:-1]])]
    if len(distinct) <= 2 * bins:
        return np.concatenate([distinct, _just_below(distinct)])
    quantiles, times = np.unique(_quantiles(values, bins), return_counts=True)
    return np.concatenate(
        [
            quantiles,
            _just_below(quantiles[times > 1]),
            _tails(values, bins),
            _gaps(values, quantiles),
        ]
    )


def _gaps(values: Floats, edges: Floats) -> Floats:
    """Edges on both sides of a stretch without values that fills most of a bin.

    Such as between two modes: what rows are on which side of it, a bin across it could not say.
    """
    starts = np.unique(np.searchsorted(values, edges, side="right"))
    starts = np.concatenate([[0], starts[(starts > 0) & (starts < len(values))]])
    stops = np.append(starts[1:], len(values))
    with np.errstate(over="ignore"):
        steps = np.append(np.diff(values), 0.0)
        width = values[stops - 1] - values[starts]
    widest = np.maximum.reduceat(steps, starts)
    wide = np.flatnonzero((widest > width / 2) & (widest > 0) & np.isfinite(widest))
    last = [
        start + int(np.argmax(steps[start:stop]))
        for start, stop in zip(starts[wide], stops[wide], strict=True)
    ]
    return (
        np.concatenate([values[last], _just_below(values[[i + 1 for i in last]])])
        if last
        else np.empty(0)
    )


def _tails(values: Floats, bins: int) -> Floats:
    """Edges in the outermost bins, where a few rows may lie far apart.

    By rank, halving from one bin's mass down to one row; and by distance from the median, in
    geometric steps out to the furthest row and then well beyond it, where windows may go.
    """
    mass = len(values) / bins
    halvings = np.arange(1, int(math.log2(max(mass, 2))) + 1)
    ranks = np.unique((mass * 0.5**halvings).astype(np.int64))
    ranks = ranks[ranks > 0]
    outermost = min(max(int(mass), 1), len(values) - 1)
    return np.concatenate(
        [
            values[ranks],
            values[len(values) - 1 - ranks],
            _steps(values, outermost, 0),
            _steps(values, len(values) - 1 - outermost, len(values) - 1),
        ]
    )


def _steps(values: Floats, inner: int, outer: int) -> Floats:
    """Edges in geometric steps away from the median, from one rank's value past another's."""
    median = values[len(values) // 2]
    with np.errstate(over="ignore", invalid="ignore"):
        near, far = abs(values[inner] - median), abs(values[outer] - median)
        if not (0 < near <= far < np.inf):
            return np.empty(0)
        steps = np.concatenate([np.geomspace(near, far, _STEPS), far * 2.0 ** np.arange(1, 7)])
        edges: Floats = median + np.sign(values[outer] - median) * steps
    return edges[np.isfinite(edges)]


def _coarse(values: Floats) -> Floats:
    deciles, times = np.unique(_interpolated(values, CELLS), return_counts=True)
    atoms = deciles[(times > 1) | (deciles == values[0]) | (deciles == values[-1])]
    return np.unique(np.concatenate([deciles, _just_below(atoms)]))


def _quantiles(values: Floats, parts: int) -> Floats:
    """The inner quantiles as order statistics: values that occur."""
    inner = np.arange(1, parts)
    return values[-(-inner * len(values) // parts) - 1]


def _interpolated(values: Floats, parts: int) -> Floats:
    """The inner quantiles between order statistics, as `np.quantile` has them by default.

    For cells and fences, which people repeat by hand. Where the lower of two neighbours is a
    value that repeats, or they lie further apart than floats reach, it is that one: the same rows
    are below it, and no empty cell is left above it.
    """
    place = (len(values) - 1) * (np.arange(1, parts) / parts)
    below = np.floor(place).astype(np.int64)
    low, high = values[below], values[np.minimum(below + 1, len(values) - 1)]
    part = place - below
    with np.errstate(over="ignore", invalid="ignore"):
        gap = high - low
        between = np.where(part < 0.5, low + gap * part, high - gap * (1 - part))  # noqa: PLR2004
    repeats = (low == values[np.maximum(below - 1, 0)]) & (below > 0)
    return np.where(np.isfinite(gap) & ~repeats, between, low)


def _just_below(values: Floats) -> Floats:
    with np.errstate(over="ignore"):
        below = np.nextafter(values, -np.inf)
    return below[np.isfinite(below)]


def _tukey(values: Floats) -> Floats:
    first, third = _interpolated(values, 4)[[0, 2]]
    with np.errstate(over="ignore"):
        reach = 1.5 * (third - first)
    return _fence(float(first), float(third), float(reach))


def _sigma(values: Floats) -> Floats:
    scale = float(max(abs(values[0]), abs(values[-1]))) or 1.0  # squares of huge values overflow
    scaled = values / scale
    mean, deviation = float(scaled.mean()) * scale, float(scaled.std()) * scale
    return _fence(mean, mean, 3 * deviation)


def _fence(low: float, high: float, reach: float) -> Floats:
    """Edges such that a value on the fence is inside: the float below the low one, the high one."""
    low_edge = math.nextafter(max(low - reach, -_LARGEST), -math.inf)
    return np.array([max(low_edge, -_LARGEST), min(high + reach, _LARGEST)])


def _positions(fine: Floats, fence: Floats) -> Fence:
    low, high = np.searchsorted(fine, fence)
    return int(low), int(high)
