"""Samples: columns drawn from the populations, in the forms that the contenders take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.drift.populations import Categorical, Family, Floats, Population
from tidewatch.core.feature_kind import FeatureKind


@dataclass(frozen=True)
class Shift:
    """What is planted in one sample: a family, and its strength."""

    family: Family = Family.NONE
    strength: float = 0.0


@dataclass(frozen=True)
class Column:
    """One column: numbers with NaN, or the positions of categories with -1, where one misses."""

    kind: FeatureKind
    values: Floats | NDArray[np.int64]
    categories: int = 0

    def to_arrow(self) -> pa.Array:
        """With nulls; categories as a dictionary."""
        if self.kind is FeatureKind.NUMERIC:
            return pa.array(self.values, from_pandas=True)
        names = pa.array([f"c{i}" for i in range(self.categories)])
        indices = pa.array(self.values, mask=self.values < 0)
        return pa.DictionaryArray.from_arrays(indices, names)

    def to_pandas(self) -> pd.Series:
        """As a data scientist has it: categories as text."""
        if self.kind is FeatureKind.NUMERIC:
            return pd.Series(self.values)
        names = np.array([*(f"c{i}" for i in range(self.categories)), None], dtype=object)
        return pd.Series(names[self.values.astype(np.int64)], dtype=object)  # -1 is the last: None


Sample: TypeAlias = Mapping[str, Column]


def draw(random: np.random.Generator, population: Population, rows: int, shift: Shift) -> Column:
    """So many rows of a population with a shift planted in them."""
    missing = population.missing
    if shift.family is Family.MISSING:
        missing += shift.strength
    gone = random.random(rows) < missing if missing else np.zeros(rows, dtype=bool)
    if isinstance(population, Categorical):
        mixed = shift.strength if shift.family is Family.MIX else 0.0
        limits = np.cumsum(population.mixed(mixed))
        chosen = np.searchsorted(limits, random.random(rows) * limits[-1], side="right")
        chosen[gone] = -1
        return Column(FeatureKind.CATEGORICAL, chosen, len(population.shares))
    values = population.sample(random, rows, shift.family, shift.strength)
    values[gone] = np.nan
    return Column(FeatureKind.NUMERIC, values)


def to_arrow(sample: Sample) -> pa.Table:
    """The sample as a table."""
    return pa.table({name: column.to_arrow() for name, column in sample.items()})
