"""Rows that are Python values, from JSON and from unusual CSV, as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tidewatch.core.capture.columnar.lines import Mask
from tidewatch.core.capture.columnar.moments import TIME
from tidewatch.core.capture.columnar.rows import Rows
from tidewatch.core.capture.payload import CSV, Payload, rows_of
from tidewatch.core.capture.record import ABSENT, split_row, the_answer
from tidewatch.core.capture.rejection import RejectedError
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.capture.values import moment
from tidewatch.core.feature_kind import FeatureKind

_NONE = type(None)


def request_rows(payloads: Sequence[Payload | None], spec: CaptureSpec) -> Rows:
    """The rows of features and event times; a payload that is None is not good."""
    groups = [_requests(payload, spec) for payload in payloads]
    rows = [row for group in groups for row in group or ()]
    times = [time for _, time in rows]
    columns, bad = _feature_columns([values for values, _ in rows], spec)
    event_times, late = _read_each(times, lambda time: None if time is ABSENT else moment(time))
    return _good_rows(groups, [*columns, pa.array(event_times, TIME)], bad | late)


def answer_rows(payloads: Sequence[Payload | None], spec: CaptureSpec) -> Rows:
    """The rows of scores."""
    groups = [_answers(payload) for payload in payloads]
    answers = [answer for group in groups for answer in group or ()]
    scores, bad = _read_each(answers, spec.read_score)
    return _good_rows(groups, [pa.array(scores, pa.float64())], bad)


def _requests(payload: Payload | None, spec: CaptureSpec) -> list[tuple[Sequence[Any], Any]] | None:
    if payload is None:
        return None
    try:
        rows = rows_of(payload, "instances")
        return [split_row(row, payload.kind, spec) for row in rows]
    except RejectedError:
        return None


def _answers(payload: Payload | None) -> list[Any] | None:
    if payload is None:
        return None
    try:
        return [the_answer(row, payload.kind) for row in rows_of(payload, "predictions")]
    except RejectedError:
        return None


def _good_rows(
    groups: Sequence[Sequence[Any] | None], columns: Sequence[pa.Array], bad: Mask
) -> Rows:
    """The rows of the payloads that are there and have no bad row."""
    counts = np.array([len(group or ()) for group in groups], np.int64)
    good = counts > 0
    good[np.repeat(np.arange(len(groups)), counts)[bad]] = False
    rows = Rows(tuple(columns), counts, good)
    return Rows(rows.of(good), np.where(good, counts, 0), good)


def _feature_columns(
    rows: Sequence[Sequence[Any]], spec: CaptureSpec
) -> tuple[list[pa.Array], Mask]:
    bad = np.zeros(len(rows), bool)
    columns = []
    for place, kind in enumerate(spec.features.values()):
        values = [row[place] for row in rows]
        column = _numbers(values) if kind is FeatureKind.NUMERIC else _categories(values)
        if column is None:
            read, unread = _read_each(values, spec.readers[place])
            bad |= unread
            column = pa.array(read, _TYPES[kind])
        columns.append(column)
    return columns, bad


_TYPES = {FeatureKind.NUMERIC: pa.float64(), FeatureKind.CATEGORICAL: pa.string()}


def _numbers(values: list[Any]) -> pa.Array | None:
    """The column of numbers that JSON gave; None where some are anything else."""
    return pa.array(values, pa.float64()) if set(map(type, values)) <= {float, _NONE} else None


def _categories(values: list[Any]) -> pa.Array | None:
    """The column of texts; None where some are anything else."""
    if not set(map(type, values)) <= {str, _NONE}:
        return None
    return pa.array([value or None for value in values], pa.string())


def _read_each(values: Sequence[Any], read: Callable[[Any], Any]) -> tuple[list[Any], Mask]:
    """What `read` makes of each value, None where it rejects it; and which it rejects."""
    found: list[Any] = []
    bad = np.zeros(len(values), bool)
    for place, value in enumerate(values):
        try:
            found.append(read(value))
        except RejectedError:
            found.append(None)
            bad[place] = True
    return found, bad
