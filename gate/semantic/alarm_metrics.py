"""The metrics that an alarm or a widget looks at, with their dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Resource
from gate.reading import mapping, mappings, text

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"


@dataclass(frozen=True)
class Metric:
    """A CloudWatch metric as somebody looks at it; `statistic` is empty where none is said."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = ""
    period: object = None


def metrics_of(alarm: Resource) -> list[Metric]:
    """The metrics of an alarm: its own, or those that its expression is made of."""
    properties = alarm.properties
    if "MetricName" in properties:
        statistic = text(properties.get("Statistic", properties.get("ExtendedStatistic")))
        return [metric_of(properties, statistic, properties.get("Period"))]
    found = []
    for query in mappings(properties.get("Metrics")):
        stat = mapping(query.get("MetricStat"))
        if stat:
            metric = mapping(stat.get("Metric"))
            found.append(metric_of(metric, text(stat.get("Stat")), stat.get("Period")))
    return found


def metric_of(properties: Mapping[str, Any], statistic: str = "", period: object = None) -> Metric:
    """The metric that Namespace, MetricName and Dimensions name."""
    dimensions = {
        text(item.get("Name")): text(item.get("Value"))
        for item in mappings(properties.get("Dimensions"))
    }
    namespace, name = text(properties.get("Namespace")), text(properties.get("MetricName"))
    return Metric(namespace, name, dimensions, statistic, period)
