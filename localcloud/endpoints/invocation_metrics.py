"""CloudWatch's own metrics of endpoints: counted here, put every few seconds."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clients import root_client

NAMESPACE = "AWS/SageMaker"
MOST_METRICS = 1000
CLIENT_ERRORS, SERVER_ERRORS = range(400, 500), range(500, 600)

logger = logging.getLogger(__name__)


@dataclass
class Statistic:
    """Count, sum and range of values: what a CloudWatch statistic set holds."""

    unit: str
    count: int = 0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, value: float) -> None:
        """Count one value."""
        self.count += 1
        self.total += value
        self.low = min(self.low, value)
        self.high = max(self.high, value)

    def values(self) -> dict[str, float]:
        """The statistic set."""
        return {
            "SampleCount": self.count,
            "Sum": self.total,
            "Minimum": self.low,
            "Maximum": self.high,
        }


@dataclass
class VariantMetrics:
    """The metrics of one variant since they were last put, under AWS's names."""

    statistics: dict[str, Statistic] = field(
        default_factory=lambda: {
            "Invocations": Statistic("None"),
            "Invocation4XXErrors": Statistic("None"),
            "Invocation5XXErrors": Statistic("None"),
            "ModelLatency": Statistic("Microseconds"),
            "OverheadLatency": Statistic("Microseconds"),
        }
    )

    def add(self, status: int, model_seconds: float, whole_seconds: float) -> None:
        """Count one invocation; requests without an error count as 0 errors, as on AWS."""
        values = {
            "Invocations": 1.0,
            "Invocation4XXErrors": float(status in CLIENT_ERRORS),
            "Invocation5XXErrors": float(status in SERVER_ERRORS),
            "ModelLatency": model_seconds * 1e6,
            "OverheadLatency": (whole_seconds - model_seconds) * 1e6,
        }
        for name, value in values.items():
            self.statistics[name].add(value)


class Meter:
    """Counts invocations by endpoint and variant; `put` is to be called every few seconds."""

    def __init__(self) -> None:
        self._variants: dict[tuple[str, str], VariantMetrics] = {}
        self._lock = threading.Lock()

    def count(
        self, variant: tuple[str, str], status: int, model_seconds: float, whole_seconds: float
    ) -> None:
        """Count one invocation of a variant (its endpoint's name and its own)."""
        with self._lock:
            metrics = self._variants.setdefault(variant, VariantMetrics())
            metrics.add(status, model_seconds, whole_seconds)

    def put(self) -> None:
        """Put what was counted since the last time."""
        with self._lock:
            counted, self._variants = self._variants, {}
        data = [
            datum(endpoint, variant, name, statistic)
            for (endpoint, variant), metrics in counted.items()
            for name, statistic in metrics.statistics.items()
        ]
        for start in range(0, len(data), MOST_METRICS):
            try:
                root_client("cloudwatch").put_metric_data(
                    Namespace=NAMESPACE, MetricData=data[start : start + MOST_METRICS]
                )
            except (ClientError, BotoCoreError) as fault:
                logger.error("%d endpoint metrics are lost: %s", len(data), fault)  # noqa: TRY400


def datum(endpoint: str, variant: str, name: str, statistic: Statistic) -> dict[str, Any]:
    """One metric of a variant, as PutMetricData takes it."""
    return {
        "MetricName": name,
        "Dimensions": [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant},
        ],
        "Timestamp": datetime.now(UTC),
        "StatisticValues": statistic.values(),
        "Unit": statistic.unit,
    }
