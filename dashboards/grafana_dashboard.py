"""Panels as a Grafana dashboard: the JSON that Grafana's HTTP API takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.cloudwatch_metric import CloudWatchMetric
from dashboards.panel import Panel, Place, Query, places

_SCHEMA = 39
_COLOURS = {"ok": "green", "warning": "orange", "critical": "red"}

# Data sources by the uids that provisioning gives them.
PROMETHEUS = "tidewatch-prometheus"
CLOUDWATCH = "tidewatch-cloudwatch"


@dataclass(frozen=True)
class Sources:
    """Which data sources a workspace has; `prometheus` is a plugin's type."""

    prometheus: str
    cloudwatch: bool


def grafana_dashboard(
    uid: str, title: str, panels: tuple[Panel, ...], sources: Sources
) -> dict[str, Any]:
    """The dashboard; panels of a source that is not there are left out."""
    drawn = tuple(panel for panel in panels if panel.queries or sources.cloudwatch)
    of_series = any(panel.queries for panel in drawn)
    return {
        "uid": uid,
        "title": title,
        "tags": ["tidewatch"],
        "schemaVersion": _SCHEMA,
        "timezone": "utc",
        "refresh": "1m",
        "time": {"from": "now-7d", "to": "now"},
        "editable": False,
        "templating": {"list": _variables(sources) if of_series else []},
        "panels": [
            _panel(number, panel, place, sources)
            for number, (panel, place) in enumerate(zip(drawn, places(drawn), strict=True), 1)
        ],
    }


def _variables(sources: Sources) -> list[dict[str, Any]]:
    # Both labels are on the verdict of the one monitor that every model has.
    verdict = "tidewatch_data_monitor_verdict"
    return [
        _variable("model", f"label_values({verdict}, model)", sources),
        _variable("variant", f'label_values({verdict}{{model=~"$model"}}, variant)', sources),
    ]


def _variable(name: str, query: str, sources: Sources) -> dict[str, Any]:
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": {"type": sources.prometheus, "uid": PROMETHEUS},
        "query": {"query": query, "refId": name},
        "definition": query,
        "multi": True,
        "includeAll": True,
        "current": {"text": ["All"], "value": ["$__all"]},
        "refresh": 2,  # whenever the time range changes
        "sort": 1,
    }


def _panel(number: int, panel: Panel, place: Place, sources: Sources) -> dict[str, Any]:
    return {
        "id": number,
        "type": "state-timeline" if panel.values else "timeseries",
        "title": panel.title,
        "description": panel.description,
        "gridPos": {"x": place.x, "y": place.y, "w": panel.width, "h": panel.height},
        "datasource": _source(panel, sources),
        "targets": [*_series(panel.queries, sources), *_metrics(panel)],
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}},
    }


def _source(panel: Panel, sources: Sources) -> dict[str, str]:
    if panel.queries:
        return {"type": sources.prometheus, "uid": PROMETHEUS}
    return {"type": "cloudwatch", "uid": CLOUDWATCH}


def _field(panel: Panel) -> dict[str, Any]:
    options = {
        str(value): {"text": text, "color": _COLOURS.get(text, "gray"), "index": value}
        for value, text in panel.values.items()
    }
    return {
        "unit": panel.unit,
        "mappings": [{"type": "value", "options": options}] if options else [],
        # A monitor's sample a run is a step, not a slope.
        "custom": {"lineInterpolation": "stepAfter"} if panel.queries and not options else {},
    }


def _series(queries: tuple[Query, ...], sources: Sources) -> list[dict[str, Any]]:
    return [
        {
            "refId": _reference(index),
            "datasource": {"type": sources.prometheus, "uid": PROMETHEUS},
            "expr": query.expression,
            "legendFormat": query.legend,
            "range": True,
        }
        for index, query in enumerate(queries)
    ]


def _metrics(panel: Panel) -> list[dict[str, Any]]:
    return [
        {
            "refId": _reference(index),
            "datasource": {"type": "cloudwatch", "uid": CLOUDWATCH},
            "queryMode": "Metrics",
            "metricQueryType": 0,
            "metricEditorMode": 0,
            "region": "default",
            "namespace": metric.namespace,
            "metricName": metric.name,
            "dimensions": dict(metric.dimensions),
            "matchExact": True,
            "statistic": metric.statistic,
            "period": str(int(metric.period.total_seconds())),
            "label": metric.label,
        }
        for index, metric in enumerate(panel.metrics)
        if isinstance(metric, CloudWatchMetric)
    ]


def _reference(index: int) -> str:
    return chr(ord("A") + index)
