"""The counting of a numeric column, compiled: one pass, several times as fast as sorting.

`numeric.count_numeric` says what is counted; this counts the same, and a test holds both equal.
Importing it costs a quarter of a second (Numba), and its first use on a machine some seconds of
compilation, kept in a cache: `tally.tallies` takes it where the values are many.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numba import njit, uint8, uint64
from numpy.typing import NDArray

from tidewatch.core.profile.categorical import (
    CategoricalProfile,
    Categories,
    count_categorical,
    empty_categorical,
    merge_categorical,
)
from tidewatch.core.profile.distinct import PRECISION, no_values
from tidewatch.core.profile.edges import Edges, Floats
from tidewatch.core.profile.guide import Guide, Scale, guide_of
from tidewatch.core.profile.numeric import NumericProfile, as_floats

_EVERY = np.full(1, 255, dtype=np.uint8)
_NO_BITMAP = -1
_ALL = np.uint8(255)
_RANKS = 64 - PRECISION
_SOME = 64


class CompiledTally:
    """See `Tally`, for a numeric feature."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._guide = _guide(edges)
        self._cells = np.zeros((edges.bins, 2))
        self._registers = no_values()
        # missing, not finite, minimum, maximum, then first and second moment about `_shift`
        self._found = np.array([0.0, 0.0, np.inf, -np.inf, 0.0, 0.0])
        self._shift = math.nan

    def add(self, column: pa.Array) -> None:
        """See `Tally`. Raises DataError where the column is not numeric."""
        column = as_floats(column)
        values = _values(column)
        if math.isnan(self._shift):
            self._shift = _middle(values)
        guide = self._guide
        _count(
            values,
            *_validity(column),
            (guide.edges, guide.starts, _steps(guide.scale)),
            (self._edges.origin, self._shift),
            (self._cells, self._registers, self._found),
        )

    def profile(self) -> NumericProfile:
        """See `Tally`."""
        counts, sums = self._cells[:, 0].astype(np.int64), self._cells[:, 1]
        missing, non_finite, minimum, maximum, first, second = self._found.tolist()
        n = int(counts.sum())
        m2 = second - first * first / n if n else 0.0
        return NumericProfile(
            edges=self._edges,
            counts=counts,
            sums=np.where(np.isfinite(sums), sums, np.nan),
            m2=max(m2, 0.0) if math.isfinite(m2) else math.nan,
            minimum=minimum,
            maximum=maximum,
            missing=int(missing),
            non_finite=int(non_finite),
            registers=self._registers,
        )


class CompiledCategories:
    """See `Tally`, for a categorical feature."""

    def __init__(self, categories: Categories) -> None:
        self._profile = empty_categorical(categories)

    def add(self, column: pa.Array) -> None:
        """See `Tally`."""
        counted = count_categorical(column, self._profile.categories, _count_codes)
        self._profile = merge_categorical(self._profile, counted)

    def profile(self) -> CategoricalProfile:
        """See `Tally`."""
        return self._profile


def _count_codes(codes: pa.Array, names: int) -> NDArray[np.int64]:
    codes = codes.cast(pa.int32())
    values = np.frombuffer(codes.buffers()[1] or b"", dtype=np.int32)
    counts = np.zeros(max(names, 1), dtype=np.int64)
    _count_each(values[codes.offset : codes.offset + len(codes)], *_validity(codes), counts)
    return counts[:names]


@lru_cache(maxsize=4096)
def _guide(edges: Edges) -> Guide:
    return guide_of(edges.fine)


def _steps(scale: Scale) -> tuple[float, float, int, int, int]:
    """What `Scale.cells` takes, with its constants drawn together."""
    return scale.centre, scale.near, scale.shift, scale.origin, scale.first


def _values(column: pa.Array) -> Floats:
    data = column.buffers()[1]
    if data is None:
        return np.empty(0)
    values = np.frombuffer(data, dtype=np.float64)
    return values[column.offset : column.offset + len(column)]


def _validity(column: pa.Array) -> tuple[NDArray[np.uint8], int]:
    """The bits of the values that are there, and where they start."""
    bitmap = column.buffers()[0]
    if bitmap is None or not column.null_count:
        return _EVERY, _NO_BITMAP
    return np.frombuffer(bitmap, dtype=np.uint8), column.offset


def _middle(values: Floats) -> float:
    """About where the values lie: squares of distances from there do not cancel out."""
    some = values[:_SOME]
    some = some[np.isfinite(some)]
    middle = float(np.sort(some)[len(some) // 2]) if len(some) else math.nan
    return middle if len(some) or not len(values) else 0.0


@njit(nogil=True, cache=True, error_model="numpy")
def _count(values, bitmap, offset, guide, shifts, into):  # type: ignore[no-untyped-def]  # noqa: C901
    """Counts and sums per bin, extremes, moments, and the registers of distinct values.

    Eight values at a time share a byte of the bitmap, which mostly says that all are there.
    """
    edges, starts, (centre, near, bits_off, origin_number, first_number) = guide
    origin, shift = shifts
    cells, registers, found = into
    missing, non_finite, minimum, maximum, first, second = found
    last = np.int64(len(starts) - 1)
    bits = values.view(np.uint64)
    size = uint64(len(values))
    i = uint64(0)
    byte = _ALL
    while i < size:
        shifted = i + uint64(max(offset, 0))
        if offset != _NO_BITMAP:
            byte = bitmap[shifted >> uint64(3)]
        stop = min(i + uint64(8) - (shifted & uint64(7)), size)
        is_full = byte == _ALL
        while i < stop:
            value = values[i]
            there = is_full or (byte >> uint8((i + uint64(max(offset, 0))) & uint64(7))) & uint8(1)
            i += uint64(1)
            if not there:
                missing += 1.0
                continue
            if value - value != 0.0:
                if value != value:  # noqa: PLR0124 - only NaN differs from itself
                    missing += 1.0
                else:
                    non_finite += 1.0
                continue
            distance = np.float64(value - centre + 0.0)
            reach = np.float64(abs(distance) + near)
            number = (reach.view(np.int64) >> bits_off) - origin_number
            place = (number ^ (distance.view(np.int64) >> 63)) - first_number
            start = starts[uint64(min(max(place, 0), last))]
            cell = uint64(start >> 1)
            cell += uint64(edges[cell] < value)
            if start & 1:
                while edges[cell] < value:
                    cell += uint64(1)
            cells[cell, 0] += 1.0
            cells[cell, 1] += value - origin
            minimum = value if value < minimum else minimum
            maximum = value if value > maximum else maximum
            about = value - shift
            first += about
            second += about * about
            _register(bits[i - uint64(1)] if value != 0.0 else uint64(0), registers)
    found[:] = (missing, non_finite, minimum, maximum, first, second)


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _register(mix, registers):  # type: ignore[no-untyped-def]
    """As in `distinct`: mixes the bits; a register keeps the longest run of leading zeros."""
    mix = (mix ^ (mix >> uint64(32))) * uint64(0xBF58476D1CE4E5B9)
    mix = (mix ^ (mix >> uint64(29))) * uint64(0x94D049BB133111EB)
    mix ^= mix >> uint64(32)
    place = mix >> uint64(_RANKS)
    rank = uint64(registers[place])
    rest = mix & uint64((1 << _RANKS) - 1)
    while rank <= uint64(_RANKS) and rest >> (uint64(_RANKS) - rank) == uint64(0):
        rank += uint64(1)
        registers[place] = rank


@njit(nogil=True, cache=True, error_model="numpy")
def _count_each(codes, bitmap, offset, counts):  # type: ignore[no-untyped-def]
    """Counts each code of a dictionary where the bitmap has it."""
    for i in range(uint64(len(codes))):
        if offset != _NO_BITMAP:
            bit = i + uint64(offset)
            there = uint64((bitmap[bit >> uint64(3)] >> uint8(bit & uint64(7))) & uint8(1))
        else:
            there = uint64(1)
        counts[uint64(codes[i]) * there] += there
