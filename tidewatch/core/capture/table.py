"""Prediction rows as an Arrow table, column by column."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from tidewatch.core.capture.record import PredictionRow
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.config.model import ModelConfig
from tidewatch.core.feature_kind import FeatureKind

TIME = pa.timestamp("us", tz="UTC")
_TYPES = {FeatureKind.NUMERIC: pa.float64(), FeatureKind.CATEGORICAL: pa.string()}


def rows_to_table(rows: Sequence[PredictionRow], model: ModelConfig | CaptureSpec) -> pa.Table:
    """The rows as the prediction log holds them, without what a row does not know of itself.

    Columns: version, inference_id, event_time, inference_time, score, then the features; model,
    variant, source, line and day are the ingesting job's to add.

    >>> rows_to_table([], CaptureSpec({"x": FeatureKind.NUMERIC}, event_time="at")).column_names
    ['version', 'inference_id', 'event_time', 'inference_time', 'score', 'x']
    """
    columns = {
        "version": pa.array([row.version for row in rows], pa.string()),
        "inference_id": pa.array([row.inference_id for row in rows], pa.string()),
        "event_time": pa.array([row.event_time for row in rows], TIME),
        "inference_time": pa.array([row.inference_time for row in rows], TIME),
        "score": pa.array([row.score for row in rows], pa.float64()),
    }
    for position, (name, kind) in enumerate(model.features.items()):
        columns[name] = pa.array([row.values[position] for row in rows], _TYPES[kind])
    return pa.table(columns)
