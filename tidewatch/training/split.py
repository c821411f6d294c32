"""Cuts the good rows of an interval by time: the last of them are for validation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import duckdb

from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import DataError, Fault
from tidewatch.core.task import Task
from tidewatch.core.window import Window

_REMEDY = "train on a longer or a later interval"
_CUT = """
    SELECT quantile_disc(tw_time, $share) FROM marked
    WHERE tw_reason IS NULL AND tw_time >= $start AND tw_time < $end
"""
_LABELS = """
    SELECT tw_label, count(*) FROM marked
    WHERE tw_reason IS NULL AND tw_time >= $start AND tw_time < $end
    GROUP BY ALL ORDER BY ALL
"""
_FEWEST_DIFFERENT = 2


def split_by_time(
    connection: duckdb.DuckDBPyConnection, interval: Window, model: ModelConfig
) -> datetime:
    """The event time at which validation starts, so that it holds the last share.

    Rows of one moment stay together, so that no trial is scored on a moment that it has seen;
    the share is as near as that allows.

    Raises DataError when a part is empty or lacks labels: a classification needs all of its
    classes in both parts, a regression two values that differ.
    """
    row = connection.execute(
        _CUT,
        {
            "share": 1 - model.training.validation_share,
            "start": interval.start,
            "end": interval.end,
        },
    ).fetchone()
    if row is None or row[0] is None:
        raise DataError(Fault(f"interval {interval}", "no good row", "rows to train on", _REMEDY))
    cut: datetime = row[0]
    parts = {"train": (interval.start, cut), "validation": (cut, interval.end)}
    faults = []
    for part, (start, end) in parts.items():
        counts = dict(connection.execute(_LABELS, {"start": start, "end": end}).fetchall())
        fault = _missing_labels(model, counts)
        if fault:
            faults.append(Fault(f"{part} set of {interval}", *fault, _REMEDY))
    if faults:
        raise DataError(*faults)
    return cut


def _missing_labels(model: ModelConfig, counts: dict[float, int]) -> tuple[str, str] | None:
    """What was found and expected, where `counts`, rows by label, lack something."""
    if model.task is Task.REGRESSION:
        if len(counts) >= _FEWEST_DIFFERENT:
            return None
        return _found(counts, str), "rows of labels that differ"
    names = dict(enumerate(model.classes or ["0", "1"]))
    if counts.keys() == names.keys():
        return None
    *first, last = names.values()
    expected = f"rows of label {', '.join(first)} and of {last}"
    return _found(counts, lambda label: names[int(label)]), expected


def _found(counts: dict[float, int], name: Callable[[float], str]) -> str:
    shown = [f"{rows} rows of label {name(label)}" for label, rows in counts.items()]
    return ", ".join(shown) or "no rows"
