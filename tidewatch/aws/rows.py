"""Reading rows of a Delta table as a stream of Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import pyarrow as pa
from deltalake import DeltaTable

from tidewatch.core.window import Window


def stream(table: DeltaTable, columns: Sequence[str], predicate: str) -> Iterator[pa.RecordBatch]:
    """The rows that satisfy `predicate` (SQL), in no particular order, batch by batch."""
    reader = pa.RecordBatchReader.from_stream(table.scan(list(columns), predicate))
    for batch in reader:
        if batch.num_rows:
            yield _plain(batch)


def collect(table: DeltaTable, columns: Sequence[str], predicate: str) -> pa.Table:
    """All of `stream` as one table."""
    kept = pa.schema([field for field in _arrow_schema(table) if field.name in set(columns)])
    batches = [batch.select(kept.names) for batch in stream(table, columns, predicate)]
    return pa.Table.from_batches(batches, schema=kept)


def _arrow_schema(table: DeltaTable) -> pa.Schema:
    return pa.schema([_plain_field(field) for field in pa.schema(table.schema().to_arrow())])


def _plain_field(field: pa.Field) -> pa.Field:
    return field.with_type(pa.string()) if _is_text(field.type) else field.with_nullable(True)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string_view(kind) or pa.types.is_large_string(kind))


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """`batch` with ordinary strings: the engine streams views, which few kernels take."""
    schema = pa.schema([_plain_field(field) for field in batch.schema])
    return batch.cast(schema)


def text(value: str) -> str:
    """`value` as an SQL string literal.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def moment(value: datetime) -> str:
    """`value` as an SQL literal that compares with a timestamp column."""
    return text(value.isoformat())


def day(value: date) -> str:
    """`value` as an SQL literal that compares with a date column."""
    return text(value.isoformat())


def within(window: Window) -> str:
    """The predicate for rows whose event time lies in `window`; `day` lets files be skipped."""
    return (
        f"day >= {day(window.start.date())} AND day <= {day(window.end.date())}"
        f" AND event_time >= {moment(window.start)} AND event_time < {moment(window.end)}"
    )
