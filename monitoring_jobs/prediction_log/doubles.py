"""Predictions with one id: which is kept, and what the others are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from numpy.typing import NDArray

from monitoring_jobs.prediction_log.known_rows import known_rows

# An id that comes twice comes as a client's retry, soon after the first: farther from a record's
# event time than this, nobody looks for its double.
_WITHIN = timedelta(days=30)
_ID = "inference_id"

Mask = NDArray[np.bool_]


def doubles(log: DeltaTable, rows: pa.Table, content: Sequence[str]) -> tuple[Mask, Mask]:
    """Which `rows` have an id that the log or an earlier row has; and which of them conflict.

    A retry that was captured twice has the same `content`, its features and its score; a row with
    the id of another and different content conflicts with it.
    """
    first, codes = _firsts(rows[_ID])
    known = _in_the_log(log, rows, content)
    held = rows.select([_ID, *content])
    is_known = pc.is_in(rows[_ID], value_set=known[_ID]).to_numpy()
    is_double = is_known.astype(bool)
    is_double[np.setdiff1d(np.arange(len(rows)), first, assume_unique=True)] = True
    return is_double, _conflicting(held, known, is_double, first[codes])


def _firsts(ids: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of every id; and for each row, its id's place among those."""
    codes = pc.dictionary_encode(ids.combine_chunks()).indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    return first, codes


def _in_the_log(log: DeltaTable, rows: pa.Table, content: Sequence[str]) -> pa.Table:
    """One row of the log for each of the ids that it has, with its content."""
    span = pc.min_max(rows["event_time"])
    first, last = span["min"].as_py() - _WITHIN, span["max"].as_py() + _WITHIN
    ids = rows[_ID].combine_chunks()
    known = known_rows(log, ids, [_ID], (first.date(), last.date()))
    if known.num_rows:
        found = known[_ID].combine_chunks()
        known = known_rows(log, found, [_ID, *content], (first.date(), last.date()))
    return known


def _conflicting(rows: pa.Table, known: pa.Table, is_double: Mask, kept: NDArray[np.int64]) -> Mask:
    conflicts = np.zeros(len(rows), bool)
    which = np.flatnonzero(is_double)
    if not len(which):
        return conflicts
    double = rows.take(pa.array(which))
    in_log = pc.index_in(double[_ID], value_set=known[_ID]).to_numpy()
    is_known = ~np.isnan(in_log.astype(float))
    for name in rows.column_names[1:]:
        first = rows[name].take(pa.array(kept[which]))
        if is_known.any():
            logged = known[name].take(pa.array(in_log, from_pandas=True).cast(pa.int64()))
            first = pc.if_else(pa.array(is_known), logged, first)
        conflicts[which] |= _differs(double[name], first)
    return conflicts


def _differs(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Mask:
    """Where the values differ; two that are missing do not."""
    differs = pc.fill_null(pc.not_equal(left, right), False)
    missing = pc.not_equal(pc.is_null(left), pc.is_null(right))
    found: Mask = pc.or_(differs, missing).to_numpy().astype(bool)
    return found
