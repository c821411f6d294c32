"""A uniform sample of bounded size of a column that streams by."""

from __future__ import annotations

import numpy as np

from tidewatch.core.profile.edges import Floats

LIMIT = 2_000_000
"""Values that are held at most; a reference of so many rows has exact quantiles."""


class NumericSample:
    """All values while they are few; past the limit each is kept with the same probability."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: list[Floats] = []
        self._size = 0
        self._share = 1.0
        self._random = np.random.default_rng(0)  # the same reference gives the same bins

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left out."""
        return self._share == 1.0

    def add(self, values: Floats) -> None:
        """Takes in values; NaN stands for a missing one."""
        if not self.is_complete:
            values = values[self._random.random(len(values)) < self._share]
        self._kept.append(values)
        self._size += len(values)
        while self._size > self._limit:
            self._halve()

    def _halve(self) -> None:
        kept = np.concatenate(self._kept)
        kept = kept[self._random.random(len(kept)) < 0.5]  # noqa: PLR2004 - one half
        self._kept, self._size, self._share = [kept], len(kept), self._share / 2

    def sorted(self) -> Floats:
        """What was kept: -inf, the finite values, +inf, then NaN."""
        values = np.concatenate([np.empty(0), *self._kept])
        values.sort()
        return values
