"""Metrics that are functions of the user's own code."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module

import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.monitoring.metric_error import MetricError
from tidewatch.monitoring.segments import slices
from tidewatch.monitoring.sql_metric import Measured

Metric = Callable[[pa.Table], float | None]


def evaluate_entry_point(
    name: str, entry_point: str, rows: pa.Table, segments: Sequence[str]
) -> list[Measured]:
    """The value of `package.module:function` over all rows, then in each segment, by name.

    `rows` are those of `with_segments` and have the column `label`; the function gets them whole.
    Raises MetricError where it cannot be found, raises, or gives what is no number. It runs in
    the job's own process with the job's own rights: the model's file names only code that was
    built into the image.
    """
    metric = _found(name, entry_point)
    parts = [("", rows), *slices(rows, segments)]
    return [
        Measured(
            segment, _value(name, metric, part), part.num_rows, pc.count(part["label"]).as_py()
        )
        for segment, part in parts
    ]


def _found(name: str, entry_point: str) -> Metric:
    module, _, function = entry_point.partition(":")
    try:
        found: Metric = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise MetricError.of(name, f"{type(error).__name__}: {error}") from error
    return found


def _described(error: Exception) -> str:
    """The error's kind and its line: its words may quote the rows."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {last.filename}:{last.lineno}"


def _value(name: str, metric: Metric, rows: pa.Table) -> float | None:
    try:
        value = metric(rows)
        number = None if value is None else float(value)
    except Exception as error:
        raise MetricError.of(name, _described(error)) from error
    return number if number is not None and math.isfinite(number) else None
