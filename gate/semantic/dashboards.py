"""Dashboards: bodies that can be read, showing metrics that somebody publishes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, items, mapping, mappings, number, text
from gate.semantic.alarm_metrics import ALARM, COMPOSITE, Metric
from gate.semantic.publishers import Publishers
from gate.semantic.search_expressions import searched

_DASHBOARD = "AWS::CloudWatch::Dashboard"
_WIDGETS = ("alarm", "custom", "explorer", "log", "metric", "text")
_COLUMNS = 24
_LEAST_ROW = 2
_SAME = "."
_SAME_AS_ABOVE = "..."


def bodies_can_be_shown(assembly: Assembly) -> Iterable[Finding]:
    """A body is JSON with widgets of known kinds, in the 24 columns that there are."""
    for dashboard in assembly.resources(_DASHBOARD):
        body = dashboard.properties.get("DashboardBody")
        if not is_known(body):
            continue
        for reason in _body_faults(str(body)):
            yield dashboard.finding("semantic.dashboard", reason)


def shown_metrics_are_published(assembly: Assembly) -> Iterable[Finding]:
    """Somebody publishes each metric that a dashboard shows."""
    publishers = Publishers(assembly)
    for dashboard in assembly.resources(_DASHBOARD):
        for widget in _widgets(dashboard):
            for metric in _metrics(mapping(widget.get("properties"))):
                reason = publishers.fault_of(metric)
                if reason is not None:
                    yield dashboard.finding("semantic.dashboard-metric", reason)


def shown_alarms_exist(assembly: Assembly) -> Iterable[Finding]:
    """An alarm that a dashboard shows is one."""
    for dashboard in assembly.resources(_DASHBOARD):
        for widget in _widgets(dashboard):
            properties = mapping(widget.get("properties"))
            shown = [
                *items(properties.get("alarms")),
                *items(mapping(properties.get("annotations")).get("alarms")),
            ]
            for name in shown:
                found = assembly.at(name)
                if is_known(name) and not name.startswith("arn:"):
                    reason = f"it shows the alarm {name!r} by name: a widget wants its ARN"
                    yield dashboard.finding("semantic.dashboard-alarm", reason)
                if found is not None and found.type not in (ALARM, COMPOSITE):
                    reason = f"it shows {found.name} as an alarm, which is a {found.type}"
                    yield dashboard.finding("semantic.dashboard-alarm", reason)


def _parsed(dashboard: Resource) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(text(dashboard.properties.get("DashboardBody"))))
    except ValueError:
        return {}


def _widgets(dashboard: Resource) -> list[Mapping[str, Any]]:
    return mappings(_parsed(dashboard).get("widgets"))


def _body_faults(body: str) -> Iterator[str]:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        yield f"the body is no JSON: {error}"
        return
    widgets = mapping(parsed).get("widgets")
    if not isinstance(widgets, list) or not widgets:
        yield "the body has no widgets"
    for index, widget in enumerate(mappings(widgets)):
        for reason in _widget_faults(widget):
            yield f"widget {index} {reason}"


def _widget_faults(widget: Mapping[str, Any]) -> Iterator[str]:
    kind = text(widget.get("type"))
    if kind not in _WIDGETS:
        yield f"is of type {kind!r}, expected one of {', '.join(_WIDGETS)}"
    left, width = number(widget.get("x", 0)), number(widget.get("width", 6))
    if left is not None and width is not None and not 1 <= left + width <= _COLUMNS:
        yield f"ends in column {left + width:g}, expected at most {_COLUMNS}"
    properties = mapping(widget.get("properties"))
    if kind == "text" and "markdown" not in properties:
        yield "is of type text, and has no markdown"
    if kind == "metric" and not (properties.get("metrics") or _annotated(properties)):
        yield "is of type metric, and has no metrics"
    if kind == "alarm" and not properties.get("alarms"):
        yield "is of type alarm, and has no alarms"


def _annotated(properties: Mapping[str, Any]) -> bool:
    return bool(mapping(properties.get("annotations")).get("alarms"))


def _metrics(properties: Mapping[str, Any]) -> Iterator[Metric]:
    """The metrics of a widget, its shorthands for `as above` written out."""
    above: list[str] = []
    for row in items(properties.get("metrics")):
        yield from _searched(items(row))
        words = [item for item in items(row) if isinstance(item, str)]
        if not words:
            continue
        if words[0] == _SAME_AS_ABOVE:
            words = [*above[: max(len(above) - len(words) + 1, 0)], *words[1:]]
        words = [
            above[index] if word == _SAME and index < len(above) else word
            for index, word in enumerate(words)
        ]
        above = words
        if len(words) >= _LEAST_ROW:
            dimensions = dict(zip(words[2::2], words[3::2], strict=False))
            yield Metric(words[0], words[1], dimensions)


def _searched(row: list[Any]) -> Iterator[Metric]:
    """What the expressions of a row search for."""
    for options in mappings(row):
        yield from searched(text(options, "expression"))


RULES = (bodies_can_be_shown, shown_metrics_are_published, shown_alarms_exist)
