"""The metrics that a model's file adds, measured on one window of one subject."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tidewatch.core.config.user_metric import UserMetric
from tidewatch.core.errors import Fault
from tidewatch.core.verdict import Judgement, judge
from tidewatch.monitoring.entry_point_metric import evaluate_entry_point
from tidewatch.monitoring.judged_window import Measurement
from tidewatch.monitoring.metric_error import MetricError
from tidewatch.monitoring.sql_metric import Measured, SqlMetrics


@dataclass(frozen=True)
class UserMetrics:
    """What was measured and judged, and a fault for each metric that could not be."""

    judgements: tuple[Judgement, ...]
    measurements: tuple[Measurement, ...]
    faults: tuple[Fault, ...]


def measure_user_metrics(
    metrics: Mapping[str, UserMetric], rows: pa.Table, segments: Sequence[str], min_rows: int
) -> UserMetrics:
    """Measures each of `metrics` on `rows`, the whole and each segment; judges those with limits.

    `rows` are those of `with_segments`, with the column `label`. A faulty metric does not keep
    the others from being measured. A metric that reads labels has the labelled rows as its sample.
    """
    judgements: list[Judgement] = []
    measurements: list[Measurement] = []
    faults: dict[Fault, None] = {}
    sql = SqlMetrics(rows, segments) if any(metric.sql for metric in metrics.values()) else None
    for name, metric in metrics.items():
        try:
            found = _evaluate(name, metric, sql, rows, segments)
        except MetricError as error:
            faults |= dict.fromkeys(error.faults)
            continue
        for item in found:
            count = item.labelled if metric.needs_labels else item.rows
            if not item.segment and metric.limits and metric.direction:
                judgements.append(
                    judge(name, item.value, metric.limits, metric.direction, count, min_rows)
                )
            else:
                measurements.append(Measurement(name, "", item.value, count, segment=item.segment))
    return UserMetrics(tuple(judgements), tuple(measurements), tuple(faults))


def columns_needed(metrics: Mapping[str, UserMetric], features: Sequence[str]) -> list[str]:
    """Of `features`, those that some metric may read: all where one is a function.

    >>> columns_needed({"revenue": UserMetric(sql="sum(price)")}, ["price", "city"])
    ['price']
    """
    if any(metric.entry_point for metric in metrics.values()):
        return list(features)
    words = {
        word.lower()
        for metric in metrics.values()
        for word in re.findall(r"\w+", metric.sql or "", re.ASCII)
    }
    return [feature for feature in features if feature.lower() in words]


def _evaluate(
    name: str, metric: UserMetric, sql: SqlMetrics | None, rows: pa.Table, segments: Sequence[str]
) -> list[Measured]:
    if metric.entry_point is not None:
        return evaluate_entry_point(name, metric.entry_point, rows, segments)
    assert sql is not None
    assert metric.sql is not None
    return sql.evaluate(name, metric.sql)
