"""The answers of many records, as a column of scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from tidewatch.core.capture.columnar.csv_rows import read_csv_rows
from tidewatch.core.capture.columnar.lines import Mask, Positions
from tidewatch.core.capture.columnar.numbers import numbers_of
from tidewatch.core.capture.columnar.payloads import Payloads
from tidewatch.core.capture.columnar.python_values import each, rows_by_hand
from tidewatch.core.capture.columnar.rows import Columns, Rows
from tidewatch.core.capture.payload import Payload, rows_of
from tidewatch.core.capture.record import the_answer
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.task import Task


def answer_rows(payloads: Payloads, spec: CaptureSpec) -> Rows:
    """The rows of the answers."""

    def by_hand(which: Positions) -> Rows:
        return _by_hand(payloads.at(which), spec)

    if payloads.csv is None:
        return by_hand(np.arange(len(payloads)))
    kind = pa.string() if spec.task is Task.MULTICLASS_CLASSIFICATION else pa.float64()
    return read_csv_rows(payloads.csv, [kind], lambda columns: _finished(columns, spec), by_hand)


def _finished(columns: Columns, spec: CaptureSpec) -> tuple[Columns, Mask]:
    """The scores, and which of them are none. Only numbers within the task's range are scores."""
    [column] = columns
    if spec.task is Task.MULTICLASS_CLASSIFICATION:
        scores, bad = each(column.to_pylist(), spec.read_score, pa.float64())
        return [scores], bad
    bad = np.zeros(len(column), bool)
    if pa.types.is_string(column.type):
        column, bad = numbers_of(column)
    values = column.to_numpy(zero_copy_only=False)
    fits = np.isfinite(values) if spec.task is Task.REGRESSION else (values >= 0) & (values <= 1)
    return [column], bad | ~fits


def _by_hand(payloads: Sequence[Payload | None], spec: CaptureSpec) -> Rows:
    def split(payload: Payload) -> list[object]:
        return [the_answer(row, payload.kind) for row in rows_of(payload, "predictions")]

    answers, counts = rows_by_hand(payloads, split)
    scores, bad = each(answers, spec.read_score, pa.float64())
    return Rows.of_good([scores], counts, bad)
