"""Data preparation: raw tables in, training set, validation set and quarantine out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow.parquet as pq

from tidewatch.core.config import ModelConfig
from tidewatch.core.window import Window
from tidewatch.training.marked_rows import mark_rows
from tidewatch.training.raw_tables import open_raw_tables
from tidewatch.training.split import split_by_time

_BATCH = 100_000
# Ordered by every column, time first: the same rows give the same file, however many threads
# read them, and so the same model.
_GOOD = """
    SELECT * EXCLUDE (tw_time, tw_label, tw_reason, tw_detail, tw_record) FROM marked
    WHERE tw_reason IS NULL AND tw_time >= $start AND tw_time < $end ORDER BY ALL
"""
# A row without a time belongs to every run that reads it.
_QUARANTINE = """
    SELECT tw_reason AS reason, tw_detail AS detail, tw_record AS record FROM marked
    WHERE tw_reason IS NOT NULL AND (tw_time IS NULL OR (tw_time >= $start AND tw_time < $end))
    ORDER BY ALL
"""
_REASONS = f"SELECT reason, count(*) FROM ({_QUARANTINE}) GROUP BY ALL ORDER BY ALL"  # noqa: S608 - a constant
_TIMES = """
    SELECT min(tw_time), max(tw_time) FROM marked
    WHERE tw_reason IS NULL AND tw_time >= $start AND tw_time < $end
"""
_OUTSIDE = "SELECT count(*) FROM marked WHERE tw_time < $start OR tw_time >= $end"


@dataclass(frozen=True)
class Places:
    """Where the job reads its raw tables, and where its outputs go."""

    raw: Path
    output: Path


def prepare(model: ModelConfig, interval: Window, places: Places) -> dict[str, object]:
    """Writes the sets, the quarantine and the summary; returns the summary.

    In it, read = good + quarantined. Rows outside the interval are another run's, and are only
    counted. Raises DataError when the data cannot be used at all.
    """
    with (
        TemporaryDirectory() as scratch,
        open_raw_tables(places.raw, model.raw, Path(scratch)) as connection,
    ):
        mark_rows(connection, model)
        summary = _write_all(connection, model, interval, places.output)
    path = _made(places.output / "summary") / "data_prep.json"
    path.write_text(json.dumps(summary, indent=2), encoding="utf-8")
    return summary


def _write_all(
    connection: duckdb.DuckDBPyConnection, model: ModelConfig, interval: Window, output: Path
) -> dict[str, object]:
    whole = {"start": interval.start, "end": interval.end}
    quarantined = _write(connection.sql(_QUARANTINE, params=whole), output / "quarantine")
    cut = split_by_time(connection, interval, model)
    train = _write(connection.sql(_GOOD, params={**whole, "end": cut}), output / "train")
    validation = _write(
        connection.sql(_GOOD, params={**whole, "start": cut}), output / "validation"
    )
    ((first, last),) = connection.execute(_TIMES, whole).fetchall()
    ((outside,),) = connection.execute(_OUTSIDE, whole).fetchall()
    return {
        "read": train + validation + quarantined,
        "good": train + validation,
        "quarantined": quarantined,
        "reasons": dict(connection.execute(_REASONS, whole).fetchall()),
        "train_rows": train,
        "validation_rows": validation,
        "event_time": {"min": _zulu(first), "max": _zulu(last)},
        "outside": outside,
    }


def _write(rows: duckdb.DuckDBPyRelation, folder: Path) -> int:
    """Streams rows to a Parquet file, which DuckDB itself may not write; returns their number."""
    reader = rows.to_arrow_reader(_BATCH)
    written = 0
    with pq.ParquetWriter(
        _made(folder) / "part-0.parquet", reader.schema, compression="zstd"
    ) as writer:
        for batch in reader:
            writer.write_batch(batch)
            written += batch.num_rows
    return written


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
