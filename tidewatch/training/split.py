"""Cuts the good rows of an interval by time: the last of them are for validation."""

from __future__ import annotations

from datetime import datetime

import duckdb

from tidewatch.core.errors import DataError, Fault
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


def split_by_time(
    connection: duckdb.DuckDBPyConnection, interval: Window, validation_share: float
) -> datetime:
    """The event time at which validation starts, so that it holds the last `validation_share`.

    Rows of one moment stay together, so that no trial is scored on a moment that it has seen;
    the share is as near as that allows.

    Raises DataError when a part is empty, or holds one kind of label only.
    """
    row = connection.execute(
        _CUT, {"share": 1 - validation_share, "start": interval.start, "end": interval.end}
    ).fetchone()
    if row is None or row[0] is None:
        raise DataError(Fault(f"interval {interval}", "no good row", "rows to train on", _REMEDY))
    cut: datetime = row[0]
    parts = {"train": (interval.start, cut), "validation": (cut, interval.end)}
    faults = []
    for part, (start, end) in parts.items():
        counts = connection.execute(_LABELS, {"start": start, "end": end}).fetchall()
        if [label for label, _ in counts] != [0, 1]:
            found = ", ".join(f"{count} rows of label {label}" for label, count in counts)
            where = f"{part} set of {interval}"
            faults.append(Fault(where, found or "no rows", "rows of label 0 and of 1", _REMEDY))
    if faults:
        raise DataError(*faults)
    return cut
