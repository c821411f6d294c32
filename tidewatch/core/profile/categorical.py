"""The profile of a categorical feature."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidewatch.core.feature_kind import FeatureKind

MAX_CATEGORIES = 10_000
"""Categories of the reference that are counted one by one: its most frequent."""

MAX_SAMPLE = 100
"""Other categories that a profile names and counts; the rest are counted together."""


@dataclass(frozen=True)
class Categories:
    """The reference's categories, most frequent first."""

    names: tuple[str, ...]

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each name stands."""
        return {name: i for i, name in enumerate(self.names)}


@dataclass(frozen=True, eq=False)
class CategoricalProfile:
    """Exact counts of the reference's categories, and of everything else.

    `counts` has the shape of `categories.names`. `other` counts the rows of every category that
    is not among them: in a window the unseen ones, in a reference those past `MAX_CATEGORIES`.
    `sample` names some of these with their exact counts: the `MAX_SAMPLE` whose hashes are
    smallest, a rule under which merging in any order gives the same sample. `missing` counts
    nulls. Text is compared as it is: the empty string is a category.
    """

    categories: Categories
    counts: NDArray[np.int64]
    other: int
    sample: Mapping[str, int]
    missing: int

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

    def to_document(self) -> dict[str, Any]:
        """The profile as JSON-ready data."""
        return {
            "kind": self.kind.value,
            "categories": self.categories.names,
            "counts": self.counts,
            "other": self.other,
            "sample": dict(self.sample),
            "missing": self.missing,
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
        )


def empty_categorical(categories: Categories) -> CategoricalProfile:
    """The profile of no rows: what merging starts from."""
    return CategoricalProfile(categories, np.zeros(len(categories.names), dtype=np.int64), 0, {}, 0)


def categories_of(columns: list[pa.Array], limit: int = MAX_CATEGORIES) -> Categories:
    """The most frequent categories of the reference, at most `limit`; ties go by name."""
    totals: Counter[str] = Counter()
    for column in columns:
        totals.update(_tally(column)[0])
    names = sorted(totals, key=lambda name: (-totals[name], name))
    return Categories(tuple(names[:limit]))


def count_categorical(column: pa.Array, categories: Categories) -> CategoricalProfile:
    """The profile of one column. Columns that are not text are read as their text."""
    tally, missing = _tally(column)
    counts = np.zeros(len(categories.names), dtype=np.int64)
    others: dict[str, int] = {}
    for name, count in tally.items():
        position = categories.position.get(name)
        if position is None:
            others[name] = count
        else:
            counts[position] = count
    return CategoricalProfile(categories, counts, sum(others.values()), _sample(others), missing)


def merge_categorical(a: CategoricalProfile, b: CategoricalProfile) -> CategoricalProfile:
    """The profile of both samples' rows. The categories must be the same.

    A category in the merged sample is in the sample of each part that holds it, so that its
    count is exact.
    """
    return CategoricalProfile(
        categories=a.categories,
        counts=a.counts + b.counts,
        other=a.other + b.other,
        sample=_sample(Counter(a.sample) + Counter(b.sample)),
        missing=a.missing + b.missing,
    )


def _tally(column: pa.Array) -> tuple[Counter[str], int]:
    """Rows a category, and rows that are null."""
    if not pa.types.is_dictionary(column.type):
        column = _as_text(column).dictionary_encode()
    names = _as_text(column.dictionary).to_pylist()
    positions = pc.drop_null(column.indices).to_numpy(zero_copy_only=False)
    rows = np.bincount(positions.astype(np.int64), minlength=len(names))
    tally: Counter[str] = Counter()
    for name, count in zip(names, rows.tolist(), strict=True):
        if count and name is not None:
            tally[name] += count
    return tally, len(column) - tally.total()


def _as_text(column: pa.Array) -> pa.Array:
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _sample(counts: Mapping[str, int]) -> dict[str, int]:
    """The `MAX_SAMPLE` categories of smallest hash, in the order of their hashes."""
    return {name: counts[name] for name in sorted(counts, key=_hash)[:MAX_SAMPLE]}


def _hash(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=16).digest()
