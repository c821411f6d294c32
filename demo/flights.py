"""The example's real data, cut into months as it would have arrived."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from demo.places import Places
from tidewatch.core.config import ModelConfig

YEAR = 2013
TRAINING_MONTHS = range(1, 4)
TRAFFIC_MONTHS = range(4, 13)
# The history that arrives before the first training run ends here.
FIRST_TRAINING_END = datetime(YEAR, 4, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """One call of the endpoint, and the truth about its rows that becomes known later."""

    inference_id: str
    body: bytes
    labels: list[float]


class Flights:
    """Flights and weather of 2013, prepared by the model's own SQL."""

    def __init__(self, places: Places, model: ModelConfig) -> None:
        self._model = model
        self._database = duckdb.connect()
        self._database.execute("SET TimeZone = 'UTC'")
        for table in model.raw:
            self._database.register(table, pq.read_table(places.raw / f"{table}.parquet"))
        self._prepared = self._database.sql(model.prepare).to_arrow_table()

    def raw_month(self, table: str, month: int) -> bytes:
        """One month of a raw table, as a Parquet file."""
        rows = self._database.table(table).filter(f"month = {month}").to_arrow_table()
        sink = io.BytesIO()
        pq.write_table(rows, sink)
        return sink.getvalue()

    def requests(self, month: int, rows_per_request: int) -> Iterator[Request]:
        """The month's flights in their own order, several a request."""
        table = self._month(month)
        rows = table.select(self._model.request_columns)
        labels = table[self._model.label].cast(pa.float64()).to_pylist()
        for start in range(0, table.num_rows, rows_per_request):
            end = start + rows_per_request
            yield Request(
                inference_id=f"{YEAR}-{month:02d}-{start // rows_per_request:05d}",
                body=_csv(rows.slice(start, rows_per_request)),
                labels=labels[start:end],
            )

    def count(self, month: int) -> int:
        """How many flights the month has."""
        return int(self._month(month).num_rows)

    def _month(self, month: int) -> pa.Table:
        time = self._prepared[self._model.event_time]
        table = self._prepared.filter(pc.equal(pc.month(time), month))
        return table.sort_by(self._model.event_time)


def _csv(rows: pa.Table) -> bytes:
    sink = io.BytesIO()
    csv.write_csv(rows, sink, csv.WriteOptions(include_header=False))
    return sink.getvalue()
