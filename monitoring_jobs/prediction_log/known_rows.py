"""What the prediction log and the labels already hold of some ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.intake import Place
from tidewatch.aws.rows import day, stream, text

_DAYS_AT_ONCE = 31


def places(table: DeltaTable, sources: Collection[str]) -> set[Place]:
    """Where the rows from `sources` stand."""
    if not sources:
        return set()
    any_source = ", ".join(text(source) for source in sources)
    found: set[Place] = set()
    columns = ["source", "line", "inference_id"]
    for batch in stream(table, columns, f"source IN ({any_source})"):
        found.update(zip(*(batch[name].to_pylist() for name in columns), strict=True))
    return found


def known_rows(
    table: DeltaTable, ids: pa.StringArray, columns: list[str], days: tuple[date, date]
) -> pa.Table:
    """`columns` of the rows with one of `ids` and an event time from the first to the last day."""
    found = list(_matching(table, ids, columns, *days))
    names = pa.schema(table.schema().to_arrow())
    schema = pa.schema([(name, _plain(names.field(name).type)) for name in columns])
    return pa.Table.from_batches([batch.select(columns).cast(schema) for batch in found], schema)


def _plain(kind: pa.DataType) -> pa.DataType:
    is_text = pa.types.is_string_view(kind) or pa.types.is_large_string(kind)
    return pa.string() if is_text else kind


def event_times(log: DeltaTable, ids: Collection[str]) -> dict[str, datetime]:
    """The event time of each of `ids` that has a prediction: its newest, should it have several.

    The newest days are read first, and none once every id is found: labels rarely are very late.
    """
    missing, found = set(ids), dict[str, datetime]()
    for first, last in _spans(_days(log)):
        if not missing:
            break
        wanted = pa.array(list(missing), pa.string())
        for batch in _matching(log, wanted, ["inference_id", "event_time"], first, last):
            rows = zip(
                batch["inference_id"].to_pylist(), batch["event_time"].to_pylist(), strict=True
            )
            for name, moment in rows:
                found[name] = max(moment, found.get(name, moment))
        missing -= found.keys()
    return found


def _matching(
    table: DeltaTable, ids: pa.StringArray, columns: list[str], first: date, last: date
) -> Iterator[pa.RecordBatch]:
    if not len(ids):
        return
    for batch in stream(table, columns, f"day >= {day(first)} AND day <= {day(last)}"):
        yield batch.filter(pc.is_in(batch["inference_id"], value_set=ids))


def _days(table: DeltaTable) -> list[date]:
    """The days that have rows, newest first, from the table's metadata."""
    actions = pa.table(table.get_add_actions(flatten=True))
    if not actions.num_rows:
        return []
    return sorted(set(actions["partition.day"].to_pylist()), reverse=True)


def _spans(days: list[date]) -> Iterator[tuple[date, date]]:
    """`days`, newest first, as few intervals that each span a month at most."""
    rest = days
    while rest:
        last = rest[0]
        near = [item for item in rest if last - item < timedelta(days=_DAYS_AT_ONCE)]
        yield near[-1], last
        rest = rest[len(near) :]
