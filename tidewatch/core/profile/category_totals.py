"""The categories of a reference, counted without knowing them beforehand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidewatch.core.profile.arrays import integers, places
from tidewatch.core.profile.categorical import (
    MAX_CATEGORIES,
    CategoricalProfile,
    Categories,
    profile_of,
    tallied,
)

_KEPT = 200_000
"""Categories that are counted at once while the most frequent are looked for."""


class CategoryTotals:
    """Counts the rows of every category, in bounded memory.

    Where there are too many, the rarest half is dropped: what is frequent stays, but counts of
    rare categories may fall short, and `is_complete` says so.
    """

    def __init__(self) -> None:
        self.is_complete = True
        self._names: list[pa.Array] = []
        self._rows: list[NDArray[np.int64]] = []
        self._missing = 0

    def add(self, column: pa.Array) -> None:
        """Counts one piece. Columns that are not text are read as their text."""
        names, rows, missing = tallied(column)
        self._names.append(names)
        self._rows.append(rows)
        self._missing += missing
        if sum(map(len, self._rows)) > 2 * _KEPT:
            self._combine()
            if len(self._rows[0]) > _KEPT:
                self._keep(_KEPT // 2)
                self.is_complete = False

    def profile(self, limit: int = MAX_CATEGORIES) -> CategoricalProfile:
        """The profile of what was added, over its `limit` most frequent categories.

        Ties go by name. Where the totals are not complete its counts are not either: use its
        `categories`.
        """
        self._combine()
        self._keep(len(self._rows[0]))
        names, rows = self._names[0], self._rows[0]
        categories = Categories(tuple(names.slice(0, limit).to_pylist()))
        return profile_of(categories, rows[:limit], names.slice(limit), rows[limit:], self._missing)

    def _combine(self) -> None:
        encoded = pa.chunked_array(self._names, pa.string()).combine_chunks().dictionary_encode()
        rows = np.zeros(len(encoded.dictionary), dtype=np.int64)
        np.add.at(rows, places(encoded.indices), np.concatenate([*self._rows, rows[:0]]))
        self._names, self._rows = [encoded.dictionary], [rows]

    def _keep(self, most: int) -> None:
        """The most frequent, in their order."""
        names, rows = self._names[0], self._rows[0]
        table = pa.table([integers(rows), names], names=["rows", "name"])
        keys = [("rows", "descending"), ("name", "ascending")]
        order = pc.sort_indices(table, sort_keys=keys).slice(0, most)
        self._names, self._rows = [names.take(order)], [rows[places(order)]]
