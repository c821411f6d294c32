"""Grafana dashboards that an assembly carries: panels that ask for what somebody publishes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mapping, mappings, text
from gate.semantic.alarm_metrics import Metric
from gate.semantic.asset_sources import asset_paths
from gate.semantic.prometheus_rules import recorded_series
from gate.semantic.promql import Selector, selectors
from gate.semantic.publishers import Publishers
from gate.semantic.series_publishers import SeriesPublishers

_LARGEST = 5_000_000


def panels_show_published_series(assembly: Assembly) -> Iterable[Finding]:
    """Somebody publishes each series, and each CloudWatch metric, that a panel asks for."""
    shown = list(_targets(assembly))
    read = [(where, selector) for where, target in shown for selector in _selectors(target)]
    selected = [selector for _, selector in read]
    publishers = SeriesPublishers(assembly, selected, recorded_series(assembly))
    for where, selector in read:
        reason = publishers.fault_of(selector)
        if reason is not None:
            yield Finding("semantic.panel-series", where, reason)
    metrics = Publishers(assembly)
    for where, target in shown:
        reason = metrics.fault_of(_metric(target))
        if reason is not None:
            yield Finding("semantic.panel-metric", where, reason)


def _targets(assembly: Assembly) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for where, dashboard in _dashboards(assembly):
        for panel in _panels(dashboard):
            for target in mappings(panel.get("targets")):
                yield f"{where}: {panel.get('title', 'a panel')}", target


def _dashboards(assembly: Assembly) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in asset_paths(assembly):
        files = path.rglob("*.json") if path.is_dir() else [path]
        for file in sorted(files):
            if file.suffix == ".json" and file.is_file() and file.stat().st_size < _LARGEST:
                name = f"{path.name}/{file.relative_to(path)}" if path.is_dir() else path.name
                yield from _as_dashboards(name, file.read_text("utf-8", "ignore"))
    for resource in assembly.resources():
        if resource.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
            yield from _as_dashboards(resource.name, resource.properties)


def _as_dashboards(where: str, value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The dashboards in a text, an object or a list; none where there is something else."""
    if isinstance(value, str) and '"panels"' in value:
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, Mapping) and isinstance(value.get("panels"), list):
        yield where, value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _as_dashboards(where, item)


def _panels(dashboard: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for panel in mappings(dashboard.get("panels")):
        yield panel
        yield from _panels(panel)


def _selectors(target: Mapping[str, Any]) -> list[Selector]:
    return selectors(text(target.get("expr")))


def _metric(target: Mapping[str, Any]) -> Metric:
    """What a target for CloudWatch asks for; a variable in it is known to nobody."""
    names = [text(target.get("namespace")), text(target.get("metricName"))]
    dimensions = {key: text(value) for key, value in mapping(target.get("dimensions")).items()}
    if any("$" in name for name in names):
        names = ["", ""]
    return Metric(names[0], names[1], dimensions)


RULES = (panels_show_published_series,)
