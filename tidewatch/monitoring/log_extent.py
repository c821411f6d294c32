"""When the rows of a Delta table happened, from its metadata alone."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from deltalake import DeltaTable

from tidewatch.core.config import Monitoring
from tidewatch.monitoring.due_windows import Span


def spans(table: DeltaTable) -> list[Span]:
    """First and last event time of every file; no file of a day reaches into another."""
    actions = pa.table(table.get_add_actions(flatten=True))
    if not actions.num_rows:
        return []
    firsts = actions["min.event_time"].to_pylist()
    lasts = actions["max.event_time"].to_pylist()
    return [Span(first, last) for first, last in zip(firsts, lasts, strict=True)]


def watermark(found: list[Span], monitoring: Monitoring, now: datetime) -> datetime:
    """The moment by which the model's windows close: the clock, or the latest event seen."""
    if monitoring.watermark == "event_time" and found:
        return max(span.last for span in found)
    return now
