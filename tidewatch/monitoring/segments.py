"""Segments: the rows of a window parted by the values of a categorical feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.profile import Baseline
from tidewatch.core.profile.categorical import CategoricalProfile

MAX_VALUES = 20
"""The most frequent values of the baseline have a segment each; all others share one."""

OTHER = "(other)"
MISSING = "(missing)"


def column_of(feature: str) -> str:
    """The column that `with_segments` adds; no feature's name holds a blank.

    >>> column_of("carrier")
    'segment carrier'
    """
    return f"segment {feature}"


def with_segments(rows: pa.Table, features: Sequence[str], baseline: Baseline) -> pa.Table:
    """`rows` with a column for each of `features` that names each row's segment.

    A segment is named `carrier=UA`; `carrier=(other)` holds the values that are not among the
    baseline's `MAX_VALUES` most frequent, `carrier=(missing)` the nulls. So which segments there
    are depends on the version, and not on the window. Raises BaselineError where the baseline has
    no such categorical feature.
    """
    for feature in features:
        names = segment_names(rows[feature], feature, _known(feature, baseline))
        rows = rows.append_column(column_of(feature), names)
    return rows


def segment_names(values: pa.ChunkedArray, feature: str, known: Sequence[str]) -> pa.ChunkedArray:
    """The segment of each value; `known` are those that have their own.

    >>> values = pa.chunked_array([["UA", "XX", None]])
    >>> segment_names(values, "carrier", ["UA"]).to_pylist()
    ['carrier=UA', 'carrier=(other)', 'carrier=(missing)']
    """
    labels = pa.array([f"{feature}={name}" for name in (*known, OTHER, MISSING)])
    place = pc.index_in(values, value_set=pa.array(known, pa.string()))
    place = pc.if_else(pc.is_null(values), len(known) + 1, pc.fill_null(place, len(known)))
    return pc.take(labels, place)


def slices(rows: pa.Table, features: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """Each segment that has rows, by name, in order; `rows` are those of `with_segments`."""
    for feature in features:
        names = rows[column_of(feature)]
        for name in sorted(pc.unique(names).to_pylist()):
            yield name, rows.filter(pc.equal(names, name))


def _known(feature: str, baseline: Baseline) -> Sequence[str]:
    profile = baseline.features.features.get(feature)
    if not isinstance(profile, CategoricalProfile):
        raise BaselineError(
            Fault(
                where=f"monitoring.segments: {feature}",
                found="a version whose baseline does not know this as a categorical feature",
                expected=f"one of its features: {', '.join(baseline.features.features)}",
                remedy="train a version with the present file, or take the segment out",
            )
        )
    return profile.categories.names[:MAX_VALUES]
