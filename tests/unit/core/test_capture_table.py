from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from tidewatch.core.capture import CaptureSpec, PredictionRow, rows_to_table
from tidewatch.core.config import FeatureKind

SPEC = CaptureSpec(
    {"temp": FeatureKind.NUMERIC, "carrier": FeatureKind.CATEGORICAL}, event_time="at"
)
EVENT = datetime(2013, 4, 3, 10, 0, 0, 123456, tzinfo=UTC)
INFERENCE = datetime(2026, 1, 1, tzinfo=UTC)
SCHEMA = pa.schema(
    {
        "version": pa.string(),
        "inference_id": pa.string(),
        "event_time": pa.timestamp("us", "UTC"),
        "inference_time": pa.timestamp("us", "UTC"),
        "score": pa.float64(),
        "temp": pa.float64(),
        "carrier": pa.string(),
    }
)


def test_rows_become_the_prediction_logs_columns() -> None:
    rows = [
        PredictionRow("a#0", EVENT, INFERENCE, "3", 0.25, (1.5, "007")),
        PredictionRow("a#1", EVENT, INFERENCE, None, 0.75, (None, None)),
    ]
    table = rows_to_table(rows, SPEC)
    assert table.schema == SCHEMA
    assert table.to_pylist() == [
        {
            "version": "3",
            "inference_id": "a#0",
            "event_time": EVENT,
            "inference_time": INFERENCE,
            "score": 0.25,
            "temp": 1.5,
            "carrier": "007",
        },
        {
            "version": None,
            "inference_id": "a#1",
            "event_time": EVENT,
            "inference_time": INFERENCE,
            "score": 0.75,
            "temp": None,
            "carrier": None,
        },
    ]


def test_no_rows_are_an_empty_table_of_the_same_schema() -> None:
    assert rows_to_table([], SPEC).schema == SCHEMA
