"""How many records of each hour were captured: those in the log, and those in the quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

import pyarrow as pa
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.captures import hour_of
from tidewatch.aws.rows import moment, stream, text
from tidewatch.core.window import Window

Place: TypeAlias = tuple[str, int]
"""Where a record stands: its object's key, and the line."""
Hour: TypeAlias = tuple[str, datetime]
"""A variant, and when the hour starts."""

_HOUR = timedelta(hours=1)


def captured_records(
    log: DeltaTable, quarantine: DeltaTable, model: str, prefix: str, span: Window
) -> Counter[Hour]:
    """Records of captures under `prefix`, by variant and hour in `span`.

    A record of several rows counts once, as the request that it is, wherever its rows went.
    """
    found = dict(_in_log(log, span))
    for place, hour in _in_quarantine(quarantine, model, prefix, span):
        found.setdefault(place, hour)
    return Counter(hour for hour in found.values() if hour[1] in span)


def _in_log(log: DeltaTable, span: Window) -> Iterator[tuple[Place, Hour]]:
    within = f"inference_time >= {moment(span.start)} AND inference_time < {moment(span.end)}"
    columns = ["variant", "source", "line", "inference_time"]
    for batch in stream(log, columns, within):
        records = (
            pa.Table.from_batches([batch])
            .group_by(["source", "line", "variant"])
            .aggregate([("inference_time", "min")])
        )
        names = ("source", "line", "variant", "inference_time_min")
        listed = (records[name].to_pylist() for name in names)
        for source, line, variant, at in zip(*listed, strict=True):
            yield (source, line), (variant, Window.containing(at, _HOUR).start)


def _in_quarantine(
    quarantine: DeltaTable, model: str, prefix: str, span: Window
) -> Iterator[tuple[Place, Hour]]:
    """Of a refused record nothing may be known but its object, whose key names the hour."""
    since = f"model = {text(model)} AND quarantined_at >= {moment(span.start)}"
    for batch in stream(quarantine, ["source", "line"], since):
        listed = (batch[name].to_pylist() for name in ("source", "line"))
        for source, line in zip(*listed, strict=True):
            hour = hour_of(source)
            if source.startswith(prefix) and hour is not None:
                yield (source, line), (source.removeprefix(prefix).partition("/")[0], hour)
