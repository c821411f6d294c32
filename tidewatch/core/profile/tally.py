"""Counting one feature, piece by piece, in the faster of two equal ways."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol, TypeAlias

import pyarrow as pa

from tidewatch.core.profile.categorical import (
    CategoricalProfile,
    count_categorical,
    empty_categorical,
)
from tidewatch.core.profile.guide import LARGEST
from tidewatch.core.profile.merge import merge_feature
from tidewatch.core.profile.numeric import NumericProfile, count_numeric, empty_numeric
from tidewatch.core.profile.summary import FeatureProfile

WORTH_COMPILING = 50_000_000
"""Values from which on the compiled way, start-up included, takes less time than sorting."""


class Tally(Protocol):
    """Takes in the pieces of a column and becomes their profile."""

    def add(self, column: pa.Array) -> None:
        """Counts one piece."""

    def profile(self) -> FeatureProfile:
        """The profile of what was added."""


Tallies: TypeAlias = Callable[[FeatureProfile], Tally]
"""A new tally over the bins of a feature's profile."""


class MergingTally:
    """Profiles every piece by itself and merges."""

    def __init__(self, like: FeatureProfile) -> None:
        self._like = like
        self._profile = empty_like(like)

    def add(self, column: pa.Array) -> None:
        """See `Tally`."""
        self._profile = merge_feature("", self._profile, count_column(column, self._like))

    def profile(self) -> FeatureProfile:
        """See `Tally`."""
        return self._profile


def tallies(values: int) -> Tallies:
    """What counts about `values` numbers in all fastest, with what is installed."""
    if values < WORTH_COMPILING or find_spec("numba") is None:
        return MergingTally
    from tidewatch.core.profile import compiled  # noqa: PLC0415 - Numba is heavy

    def tally(like: FeatureProfile) -> Tally:
        if isinstance(like, CategoricalProfile):
            return compiled.CompiledCategories(like.categories)
        if like.edges.bins < LARGEST:
            return compiled.CompiledTally(like.edges)
        return MergingTally(like)

    return tally


def empty_like(feature: FeatureProfile) -> FeatureProfile:
    """The profile of no rows over the feature's bins."""
    if isinstance(feature, NumericProfile):
        return empty_numeric(feature.edges)
    return empty_categorical(feature.categories)


def count_column(column: pa.Array, like: FeatureProfile) -> FeatureProfile:
    """The profile of one column over the bins of `like`."""
    if isinstance(like, NumericProfile):
        return count_numeric(column, like.edges)
    return count_categorical(column, like.categories)
