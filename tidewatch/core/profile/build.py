"""Building profiles from Arrow record batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tidewatch.core.errors import DataError, Fault
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile.category_totals import CategoryTotals
from tidewatch.core.profile.edges import BINS, edges_of
from tidewatch.core.profile.numeric import (
    NumericProfile,
    count_sorted,
    sorted_values,
)
from tidewatch.core.profile.summary import FeatureProfile, Profile
from tidewatch.core.profile.tally import MergingTally, tallies

Batches: TypeAlias = "pa.Table | pa.RecordBatch | Iterable[pa.RecordBatch]"


def reference_profile(
    batches: Batches, features: Mapping[str, FeatureKind], bins: int = BINS
) -> Profile:
    """The profile of a reference, which chooses the bins that later profiles count over.

    The reference is held in memory, for its quantiles are exact; one feature at a time is
    sorted. It is the data a model was trained on, so that it has fitted into one machine before.
    Raises DataError where a feature's column is absent, or numeric by name and not by type.

    >>> table = pa.table({"x": [1.0, 2.0, None], "c": ["a", "b", "a"]})
    >>> kinds = {"x": FeatureKind.NUMERIC, "c": FeatureKind.CATEGORICAL}
    >>> reference = reference_profile(table, kinds)
    >>> reference.rows, reference.features["x"].missing, reference.features["c"].counts.tolist()
    (3, 1, [2, 1])
    """
    parts = list(_batches(batches))
    profiled = {
        name: reference_feature([_column(part, name) for part in parts], kind, bins)
        for name, kind in features.items()
    }
    return Profile(sum(part.num_rows for part in parts), profiled)


def profile(batches: Batches, edges_from: Profile, expected_rows: int = 0) -> Profile:
    """The profile of `batches` over the bins of the reference profile `edges_from`.

    Streams: memory does not grow with the rows. Features are those of `edges_from`; further
    columns are ignored. Where many rows are expected they are counted compiled, to the same
    profile (see `tally`). Raises DataError as `reference_profile` does.

    >>> table = pa.table({"x": [1.0, 2.0]})
    >>> reference = reference_profile(table, {"x": FeatureKind.NUMERIC})
    >>> window = profile(pa.table({"x": [2.0, 9.0]}), edges_from=reference)
    >>> window.rows, window.features["x"].maximum
    (2, 9.0)
    """
    rows = 0
    tally = tallies(expected_rows * len(edges_from.features))
    counted = {name: tally(feature) for name, feature in edges_from.features.items()}
    for batch in _batches(batches):
        rows += batch.num_rows
        for name, feature in counted.items():
            feature.add(_column(batch, name))
    return Profile(rows, {name: feature.profile() for name, feature in counted.items()})


def reference_feature(
    columns: list[pa.Array], kind: FeatureKind, bins: int = BINS
) -> FeatureProfile:
    """The profile of one feature of a reference, of about `bins` bins where it is numeric."""
    if kind is FeatureKind.CATEGORICAL:
        totals = CategoryTotals()
        for column in columns:
            totals.add(column)
        if totals.is_complete:
            return totals.profile()
        whole = MergingTally(totals.profile())
        for column in columns:
            whole.add(column)
        return whole.profile()
    values = np.concatenate([np.empty(0), *(sorted_values(column) for column in columns)])
    values.sort()
    return numeric_reference(values, bins)


def numeric_reference(values: NDArray[np.float64], bins: int = BINS) -> NumericProfile:
    """The profile of a reference's values, sorted as `sorted_values` returns them."""
    return count_sorted(values, edges_of(values[np.isfinite(values)], bins))


def _batches(batches: Batches) -> Iterable[pa.RecordBatch]:
    if isinstance(batches, pa.RecordBatch):
        return [batches]
    if isinstance(batches, pa.Table):
        return batches.to_batches()  # type: ignore[no-any-return]
    return batches


def _column(batch: pa.RecordBatch, name: str) -> pa.Array:
    position = batch.schema.get_field_index(name)
    if position < 0:
        raise DataError(
            Fault(
                where=f"feature {name!r}",
                found=f"columns {batch.schema.names}",
                expected="one column of that name",
                remedy="add the column, or take the feature out of the model's file",
            )
        )
    return batch.column(position)
