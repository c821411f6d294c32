"""Which columns of a reference are features, and of which kind."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.data.readable import readable

MOSTLY = 0.95
"""The share of a CSV column's values that must read as numbers, or as times, to call it so."""

_TIMES = pa.timestamp("us")


def kind_of_type(found: pa.DataType) -> FeatureKind | None:
    """The kind of a typed column: numbers are numeric; text and booleans categorical.

    None for what is no feature: times and dates, which never repeat, bytes and nested values.
    """
    if pa.types.is_dictionary(found):
        return kind_of_type(found.value_type)
    if pa.types.is_boolean(found) or pa.types.is_string(found) or pa.types.is_large_string(found):
        return FeatureKind.CATEGORICAL
    if pa.types.is_integer(found) or pa.types.is_floating(found) or pa.types.is_decimal(found):
        return FeatureKind.NUMERIC
    return None


def kind_of_text(values: pa.Array) -> FeatureKind | None:
    """The kind of a CSV column, from a sample of its fields.

    Some odd values among numbers do not make it text: they are quarantined later. None for times
    and for a column without any value.
    """
    numbers = readable(FeatureKind.NUMERIC, values)
    text = readable(FeatureKind.CATEGORICAL, values).values
    known = len(text) - text.null_count
    odd = 0 if numbers.bad is None else int(np.count_nonzero(numbers.bad))
    if known and known - odd >= MOSTLY * known:
        return FeatureKind.NUMERIC
    return None if not known or _are_times(text) else FeatureKind.CATEGORICAL


def _are_times(text: pa.Array) -> bool:
    try:
        pc.cast(text, _TIMES)
    except pa.ArrowInvalid:
        return False
    return True


def chosen(
    kinds: dict[str, FeatureKind | None],
    categorical: Iterable[str] = (),
    ignored: Iterable[str] = (),
) -> dict[str, FeatureKind]:
    """The features: `categorical` are taken to be so, `ignored` are left out."""
    forced = dict.fromkeys(categorical, FeatureKind.CATEGORICAL)
    left_out = set(ignored)
    merged = kinds | {name: kind for name, kind in forced.items() if name in kinds}
    return {name: kind for name, kind in merged.items() if kind and name not in left_out}
