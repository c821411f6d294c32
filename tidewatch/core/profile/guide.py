"""A guide to a feature's bins: where to start looking, from a value's place on a bent scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.profile.edges import Floats

CELLS = 4096
LARGEST = 30_000
"""Edges that a guide can point at: its entries have 16 bits, so that they stay in the cache."""

_TRIMMED = (0.0, 0.01)
_NEAR = tuple(0.25**power for power in range(7))
_MANTISSA = 52
_FINEST = 36


@dataclass(frozen=True)
class Scale:
    """Numbers floats by their distance from `centre`: evenly up to `near`, then by its logarithm.

    A float's bits, read as an integer, rise as its logarithm does, evenly within each power of
    two; without the last `shift` of them that is the distance's number, negated on the left side.
    With `near` as large as the values reach the scale is straight. Every step is monotone, so
    that no value is numbered before a smaller one: numbers can be compared instead of values.
    `first` is the number of cell 0.
    """

    centre: float
    near: float
    shift: int
    first: int

    @property
    def origin(self) -> int:
        """The number of distance 0 before it is taken off."""
        return int(np.float64(self.near).view(np.int64)) >> self.shift

    def numbers(self, values: Floats) -> NDArray[np.int64]:
        """The number of each value. `compiled` takes the same steps."""
        with np.errstate(over="ignore"):
            distance = values - self.centre
            reach = np.abs(distance) + self.near
        number = (reach.view(np.int64) >> self.shift) - self.origin
        return np.where(distance < 0, ~number, number)

    def cells(self, values: Floats) -> NDArray[np.int64]:
        """The cell of each value: the outermost hold whatever lies beyond."""
        return np.clip(self.numbers(values) - self.first, 0, CELLS - 1)


@dataclass(frozen=True, eq=False)
class Guide:
    """For a value, its cell on `scale` names the first edge to compare it with.

    `starts[cell] >> 1` is how many edges lie in cells before, each of them below every value of
    the cell; its lowest bit is set where the cell itself holds several. `edges` are the feature's
    with +inf at the end, so that every search ends.
    """

    edges: Floats
    starts: NDArray[np.uint16]
    scale: Scale


def guide_of(fine: Floats) -> Guide:
    """The guide to bins with the edges `fine`, at most `LARGEST`.

    Of some scales it takes the one that spreads the edges best over the cells: values are spread
    much as edges are, and a cell with one edge or none needs one comparison.
    """
    scales = list(_scales(fine)) or [Scale(0.0, 1.0, _MANTISSA, 0)]
    scale = min(scales, key=lambda scale: _crowding(scale.cells(fine)))
    before = np.searchsorted(scale.cells(fine), np.arange(CELLS + 1))
    starts = 2 * before[:-1] + (np.diff(before) > 1)
    return Guide(np.append(fine, np.inf), starts.astype(np.uint16), scale)


def _scales(fine: Floats) -> Iterator[Scale]:
    for trimmed in _TRIMMED if len(fine) else ():
        cut = int(len(fine) * trimmed)
        low, high = fine[[cut, -1 - cut]].tolist()
        for centre in {low, float(fine[len(fine) // 2]), high}:
            reach = max(high - centre, centre - low)
            if not 0 < reach < np.inf:
                continue
            for near in (reach * part for part in _NEAR):
                if near >= np.finfo(np.float64).tiny:
                    yield _finest(centre, near, np.array([low, high]))


def _finest(centre: float, near: float, ends: Floats) -> Scale:
    """The scale that numbers the values between `ends` from 0 to at most `CELLS` - 1."""
    first = last = 0
    for shift in range(_FINEST, _MANTISSA + 1):
        first, last = Scale(centre, near, shift, 0).numbers(ends).tolist()
        if last - first < CELLS:
            break
    return Scale(centre, near, shift, first)


def _crowding(cells: NDArray[np.int64]) -> int:
    """How many edges share their cell, each counted with each."""
    return int(np.square(np.bincount(cells, minlength=CELLS)).sum())
