"""Aggregated metrics in CloudWatch: a few per model and variant, never one a feature."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tidewatch.aws.clients import aws_client
from tidewatch.core.published_metrics import NAMESPACE

_MAX_METRICS = 1_000
# The limit is 1 MB; the request is larger than this JSON by its framing.
_MAX_BYTES = 700_000


@dataclass(frozen=True)
class Aggregate:
    """One value of one metric; `dimensions` are Model, Version and Variant."""

    name: str
    dimensions: Mapping[str, str]
    value: float
    at: datetime


class Aggregates(Protocol):
    """Where aggregates go."""

    def put(self, metrics: Iterable[Aggregate]) -> None:
        """Records each value once; a second identical put would count twice."""


class CloudWatch:
    """`Aggregates` in the namespace Tidewatch."""

    def __init__(self) -> None:
        self._cloudwatch: Any = aws_client("cloudwatch")

    def put(self, metrics: Iterable[Aggregate]) -> None:
        """See `Aggregates`."""
        for batch in batches(_datum(metric) for metric in metrics):
            self._cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=batch)


def _datum(metric: Aggregate) -> dict[str, Any]:
    return {
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": text} for name, text in metric.dimensions.items()],
        "Timestamp": metric.at,
        "Value": metric.value,
    }


def batches(data: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """`data` in lists that each fit into one request."""
    batch: list[dict[str, Any]] = []
    size = 0
    for datum in data:
        needed = len(json.dumps(datum, default=str))
        if batch and (len(batch) == _MAX_METRICS or size + needed > _MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(datum)
        size += needed
    if batch:
        yield batch
