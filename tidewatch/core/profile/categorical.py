"""The profile of a categorical feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile.arrays import integers, places, texts, truths
from tidewatch.core.profile.distinct import (
    Hashes,
    Registers,
    estimate,
    hashes_of_text,
    no_values,
    registers_of,
)
from tidewatch.core.profile.document import packed, unpacked

MAX_CATEGORIES = 10_000
"""Categories of the reference that are counted one by one: its most frequent."""

MAX_SAMPLE = 100
"""Other categories that a profile names and counts; the rest are counted together."""

CodeCounter: TypeAlias = Callable[[pa.Array, int], NDArray[np.int64]]
"""Counts a dictionary's codes, nulls left out: the rows of each of so many names."""


@dataclass(frozen=True)
class Categories:
    """The reference's categories, most frequent first."""

    names: tuple[str, ...]

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each name stands."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def array(self) -> pa.Array:
        """The names, as Arrow looks them up."""
        return texts(self.names)


@dataclass(frozen=True, eq=False)
class CategoricalProfile:
    """Exact counts of the reference's categories, and of everything else.

    `counts` has the shape of `categories.names`. `other` counts the rows of every category that
    is not among them: in a window the unseen ones, in a reference those past `MAX_CATEGORIES`.
    `sample` names some of these with their exact counts: the `MAX_SAMPLE` whose hashes are
    smallest, a rule under which merging in any order gives the same sample; `registers` tell how
    many there are. `missing` counts nulls. Text is compared as it is: the empty string is a
    category.
    """

    categories: Categories
    counts: NDArray[np.int64]
    other: int
    sample: Mapping[str, int]
    missing: int
    registers: Registers

    @property
    def kind(self) -> FeatureKind:
        """Categorical."""
        return FeatureKind.CATEGORICAL

    @property
    def n(self) -> int:
        """How many rows hold a category."""
        return int(self.counts.sum()) + self.other

    @property
    def rows(self) -> int:
        """How many rows were seen, whatever they held."""
        return self.n + self.missing

    @property
    def distinct(self) -> int:
        """How many categories were seen: exact, but for those past the reference's, to 1.6 %."""
        others = len(self.sample)
        if others == MAX_SAMPLE:
            others = max(estimate(self.registers), others)
        return int(np.count_nonzero(self.counts)) + others

    def top(self, most: int = 10) -> list[tuple[str, int]]:
        """The most frequent of the reference's categories here, with their counts."""
        order = np.argsort(-self.counts, kind="stable")[:most]
        return [(self.categories.names[i], int(self.counts[i])) for i in order if self.counts[i]]

    def to_document(self) -> dict[str, Any]:
        """The profile as JSON-ready data."""
        return {
            "kind": self.kind.value,
            "categories": self.categories.names,
            "counts": self.counts,
            "other": self.other,
            "sample": dict(self.sample),
            "missing": self.missing,
            "registers": packed(self.registers) if self.other else None,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> CategoricalProfile:
        """The inverse of `to_document`. Raises KeyError, TypeError or ValueError on other data."""
        categories = Categories(tuple(document["categories"]))
        counts = np.array(document["counts"], dtype=np.int64)
        if counts.shape != (len(categories.position),) or (counts < 0).any():
            raise ValueError("expected one count a category")
        return cls(
            categories=categories,
            counts=counts,
            other=int(document["other"]),
            sample={str(name): int(count) for name, count in document["sample"].items()},
            missing=int(document["missing"]),
            registers=unpacked(document.get("registers"), no_values()),
        )


def empty_categorical(categories: Categories) -> CategoricalProfile:
    """The profile of no rows: what merging starts from."""
    counts = np.zeros(len(categories.names), dtype=np.int64)
    return CategoricalProfile(categories, counts, 0, {}, 0, no_values())


def count_categorical(
    column: pa.Array, categories: Categories, count_codes: CodeCounter | None = None
) -> CategoricalProfile:
    """The profile of one column. Columns that are not text are read as their text."""
    names, rows, missing = tallied(column, count_codes)
    found = pc.index_in(names, value_set=categories.array)
    known = truths(found.is_valid())
    counts = np.zeros(len(categories.names), dtype=np.int64)
    counts[places(found)] = rows[known]
    return profile_of(categories, counts, names.filter(found.is_null()), rows[~known], missing)


def profile_of(
    categories: Categories,
    counts: NDArray[np.int64],
    others: pa.Array,
    rows: NDArray[np.int64],
    missing: int,
) -> CategoricalProfile:
    """The profile of counted categories, and of `others`, each of which has `rows`."""
    hashes = hashes_of_text(others)
    return CategoricalProfile(
        categories=categories,
        counts=counts,
        other=int(rows.sum()),
        sample=_smallest(others, rows, hashes),
        missing=missing,
        registers=registers_of(hashes),
    )


def merge_categorical(a: CategoricalProfile, b: CategoricalProfile) -> CategoricalProfile:
    """The profile of both samples' rows. The categories must be the same.

    A category in the merged sample is in the sample of each part that holds it, so that its
    count is exact.
    """
    return CategoricalProfile(
        categories=a.categories,
        counts=a.counts + b.counts,
        other=a.other + b.other,
        sample=_merged_sample(a.sample, b.sample),
        missing=a.missing + b.missing,
        registers=np.maximum(a.registers, b.registers),
    )


def _bincount(codes: pa.Array, names: int) -> NDArray[np.int64]:
    return np.bincount(places(codes), minlength=names)


def tallied(
    column: pa.Array, count_codes: CodeCounter | None = None
) -> tuple[pa.Array, NDArray[np.int64], int]:
    """The distinct categories, the rows of each, and how many rows hold none."""
    if not pa.types.is_dictionary(column.type):
        column = _as_text(column).dictionary_encode()
    names = _as_text(column.dictionary)
    if names.null_count or len(pc.unique(names)) != len(names):
        column = column.cast(pa.string()).dictionary_encode()
        names = column.dictionary
    rows = (count_codes or _bincount)(column.indices, len(names))
    seen = rows > 0
    if not seen.all():
        names, rows = names.take(integers(np.flatnonzero(seen))), rows[seen]
    return names, rows, column.indices.null_count


def _as_text(column: pa.Array) -> pa.Array:
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _smallest(names: pa.Array, rows: NDArray[np.int64], hashes: Hashes) -> dict[str, int]:
    """The `MAX_SAMPLE` categories of smallest hash, in the order of their hashes."""
    order = np.argsort(hashes, kind="stable")[:MAX_SAMPLE]
    return dict(zip(names.take(integers(order)).to_pylist(), rows[order].tolist(), strict=True))


def _merged_sample(a: Mapping[str, int], b: Mapping[str, int]) -> Mapping[str, int]:
    if not (a and b):
        return a or b
    both = Counter(a) + Counter(b)
    names = texts(list(both))
    return _smallest(names, np.array(list(both.values()), dtype=np.int64), hashes_of_text(names))
