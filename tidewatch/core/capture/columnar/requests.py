"""The requests of many records, as columns: the features, then the event time.

The event time is null where a row gave none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from tidewatch.core.capture.columnar.csv_rows import read_csv_rows
from tidewatch.core.capture.columnar.csv_texts import CsvTexts
from tidewatch.core.capture.columnar.lines import Mask, Positions
from tidewatch.core.capture.columnar.moments import TIME, moments_of
from tidewatch.core.capture.columnar.numbers import numbers_of
from tidewatch.core.capture.columnar.payloads import Payloads
from tidewatch.core.capture.columnar.python_values import (
    categories_in,
    each,
    numbers_in,
    rows_by_hand,
)
from tidewatch.core.capture.columnar.rows import Columns, Rows
from tidewatch.core.capture.columnar.texts import nulled
from tidewatch.core.capture.payload import Payload, rows_of
from tidewatch.core.capture.record import ABSENT, split_row
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.capture.values import moment
from tidewatch.core.feature_kind import FeatureKind


def request_rows(payloads: Payloads, spec: CaptureSpec) -> Rows:
    """The rows of the requests."""

    def by_hand(which: Positions) -> Rows:
        return _by_hand(payloads.at(which), spec)

    texts = payloads.csv
    if texts is None:
        return by_hand(np.arange(len(payloads)))
    types = [
        pa.float64() if kind is FeatureKind.NUMERIC else pa.string()
        for kind in spec.features.values()
    ]
    if _is_timed(texts, len(types)):
        types.append(pa.string())
    return read_csv_rows(texts, types, lambda columns: _finished(columns, spec), by_hand)


def _is_timed(texts: CsvTexts, features: int) -> bool:
    """Whether the rows end with an event time: most of them, if the first is odd."""
    first = texts.first_width()
    if first in (features, features + 1):
        return first > features
    widths = texts.widths()
    return bool((widths == features + 1).sum() > (widths == features).sum())


def _finished(columns: Columns, spec: CaptureSpec) -> tuple[Columns, Mask]:
    """Columns as they were read, as the log has them; and which rows are bad."""
    count = len(columns[0])
    bad = np.zeros(count, bool)
    finished: list[pa.Array] = []
    kinds = spec.features.values()
    for column, kind in zip(columns, kinds, strict=False):
        if kind is FeatureKind.CATEGORICAL:
            finished.append(nulled(column))
        elif pa.types.is_string(column.type):
            numbers, odd = numbers_of(column)
            finished.append(numbers)
            bad |= odd
        else:
            finished.append(column)
    if len(columns) == len(kinds):
        return [*finished, pa.nulls(count, TIME)], bad
    times, odd = moments_of(columns[-1])
    return [*finished, times], bad | odd


def _by_hand(payloads: Sequence[Payload | None], spec: CaptureSpec) -> Rows:
    def split(payload: Payload) -> list[tuple[Sequence[object], object]]:
        return [split_row(row, payload.kind, spec) for row in rows_of(payload, "instances")]

    rows, counts = rows_by_hand(payloads, split)
    bad = np.zeros(len(rows), bool)
    columns: list[pa.Array] = []
    values_of = list(zip(*(values for values, _ in rows), strict=True))
    for place, kind in enumerate(spec.features.values()):
        values = values_of[place] if rows else ()
        read = numbers_in if kind is FeatureKind.NUMERIC else categories_in
        column, odd = read(values)
        columns.append(column)
        bad |= odd
    times, odd = each([time for _, time in rows], _time, TIME)
    return Rows.of_good([*columns, times], counts, bad | odd)


def _time(value: object) -> object:
    return None if value is ABSENT else moment(value)
