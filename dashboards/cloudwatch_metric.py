"""Metrics of CloudWatch: what dashboards show and alarms watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

OURS = "Tidewatch"
ENDPOINTS = "AWS/SageMaker"
MACHINES = "AWS/States"
VARIANTS = ("champion", "challenger")


@dataclass(frozen=True)
class CloudWatchMetric:
    """One statistic of one metric; `label` is what a graph calls it."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    period: timedelta = timedelta(minutes=1)
    label: str = ""


@dataclass(frozen=True)
class EveryVersion:
    """A metric of ours of each version and variant of a model, found when it is looked at.

    Versions come and go; an alarm cannot watch this, a graph can show it.
    """

    name: str
    model: str
    period: timedelta

    @property
    def expression(self) -> str:
        """The search, as CloudWatch writes it."""
        schema = f"{{{OURS},Model,Variant,Version}}"
        wanted = f'{schema} MetricName="{self.name}" Model="{self.model}"'
        return f"SEARCH('{wanted}', 'Maximum', {int(self.period.total_seconds())})"


def of_endpoint(
    endpoint: str, name: str, statistic: str, period: timedelta = timedelta(minutes=1)
) -> tuple[CloudWatchMetric, ...]:
    """A metric of SageMaker's of each variant of an endpoint."""
    return tuple(
        CloudWatchMetric(
            ENDPOINTS,
            name,
            {"EndpointName": endpoint, "VariantName": variant},
            statistic,
            period,
            label=f"{variant} {statistic}",
        )
        for variant in VARIANTS
    )


def standing_name(unit: str) -> str:
    """The metric that says whether anybody who serves stands critical, by model and by variant."""
    return f"{unit}_critical"


def standing_critical(model: str, unit: str, period: timedelta) -> CloudWatchMetric:
    """1 where the newest verdict of a unit on anybody who serves is critical, else 0."""
    return CloudWatchMetric(
        OURS, standing_name(unit), {"Model": model}, "Maximum", period, label=f"{unit} critical"
    )
