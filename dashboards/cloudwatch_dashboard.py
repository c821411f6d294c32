"""Panels as a CloudWatch dashboard's body."""

from __future__ import annotations

import json
from typing import Any

from dashboards.cloudwatch_metric import CloudWatchMetric, EveryVersion
from dashboards.panel import WIDTH, Panel, Place, places

_ALARMS_HEIGHT = 3
_LABELS = {"percentunit": "share (1 = 100 %)", "µs": "microseconds", "s": "seconds"}


def cloudwatch_dashboard(panels: tuple[Panel, ...], region: str, alarms: tuple[str, ...]) -> str:
    """The body, as JSON: the states of `alarms` (ARNs), above the panels that have metrics."""
    drawn = tuple(panel for panel in panels if panel.metrics)
    widgets = [_alarms(alarms)] + [
        _widget(panel, place, region) for panel, place in zip(drawn, places(drawn), strict=True)
    ]
    return json.dumps({"widgets": widgets}, sort_keys=True)


def _alarms(alarms: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "alarm",
        "x": 0,
        "y": 0,
        "width": WIDTH,
        "height": _ALARMS_HEIGHT,
        "properties": {"title": "Alarms", "alarms": list(alarms)},
    }


def _widget(panel: Panel, place: Place, region: str) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": place.x,
        "y": place.y + _ALARMS_HEIGHT,
        "width": panel.width,
        "height": panel.height,
        "properties": {
            "title": panel.title,
            "region": region,
            "view": "timeSeries",
            "metrics": [_metric(index, metric) for index, metric in enumerate(panel.metrics)],
            "yAxis": {"left": {"label": _LABELS.get(panel.unit, ""), "showUnits": False}},
        },
    }


def _metric(index: int, metric: CloudWatchMetric | EveryVersion) -> list[Any]:
    if isinstance(metric, EveryVersion):
        return [{"expression": metric.expression, "id": f"e{index}"}]
    pairs = [part for pair in metric.dimensions.items() for part in pair]
    options = {
        "stat": metric.statistic,
        "period": int(metric.period.total_seconds()),
        "label": metric.label,
    }
    return [metric.namespace, metric.name, *pairs, options]
