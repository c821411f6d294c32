"""Dashboards are whole: nothing overlaps, every expression parses, every metric is published."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.alert_rules import rule_groups
from dashboards.anomalies import mean_drift
from dashboards.cloudwatch_dashboard import cloudwatch_dashboard
from dashboards.cloudwatch_metric import OURS, CloudWatchMetric, EveryVersion
from dashboards.endpoint_panels import endpoint_panels
from dashboards.grafana_dashboard import Sources, grafana_dashboard
from dashboards.model_alarms import alarm_rules, anomaly_rules
from dashboards.model_panels import model_panels
from dashboards.monitor_panels import monitor_panels
from dashboards.panel import WIDTH, Panel
from localcloud import tools
from tidewatch.core.config import load_model
from tidewatch.core.published_metrics import is_published_aggregate, is_published_series

FLIGHTS = load_model(Path(__file__).parents[3] / "config", "flights")
HOUR = timedelta(hours=1)
SOURCES = Sources("grafana-amazonprometheus-datasource", cloudwatch=True)
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:monitors"
OF_MODEL = model_panels("flights", "flights-prod", MACHINE, HOUR)
OF_AWS = {
    "AWS/SageMaker": {
        *("Invocations", "Invocation4XXErrors", "Invocation5XXErrors"),
        *("ModelLatency", "OverheadLatency"),
    },
    "AWS/States": {"ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"},
}
"""What AWS documents under these names; latencies of endpoints are in microseconds."""
PANELS = {
    "monitors": monitor_panels(HOUR),
    "endpoint": endpoint_panels("flights-prod"),
    "model": OF_MODEL,
}


def overlapping(boxes: list[tuple[int, int, int, int]]) -> list[tuple[object, object]]:
    return [
        (one, other)
        for one, other in itertools.combinations(boxes, 2)
        if one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    ]


def grafana_boxes(panels: tuple[Panel, ...]) -> list[tuple[int, int, int, int]]:
    drawn = grafana_dashboard("u", "t", panels, SOURCES)["panels"]
    return [tuple(item["gridPos"][key] for key in "xywh") for item in drawn]


@pytest.mark.parametrize("name", PANELS)
def test_no_panel_of_grafana_lies_on_another_or_beyond_the_edge(name: str) -> None:
    boxes = grafana_boxes(PANELS[name])
    assert boxes
    assert overlapping(boxes) == []
    assert all(x >= 0 and x + width <= WIDTH for x, _, width, _ in boxes)


def test_no_widget_of_cloudwatch_lies_on_another_or_beyond_the_edge() -> None:
    widgets = json.loads(cloudwatch_dashboard(OF_MODEL, "eu-west-1", ("arn:alarm",)))["widgets"]
    boxes = [(item["x"], item["y"], item["width"], item["height"]) for item in widgets]
    assert len(boxes) == len(OF_MODEL) + 1
    assert overlapping(boxes) == []
    assert all(x + width <= WIDTH for x, _, width, _ in boxes)


def expressions() -> Iterator[str]:
    for panel in PANELS["monitors"]:
        for query in panel.queries:
            yield query.expression.replace("$model", "flights").replace("$variant", ".+")
    yield mean_drift("flights", HOUR)


def test_prometheus_reads_every_expression(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": expression}
        for number, expression in enumerate(expressions())
    ]
    assert len(rules) > 15
    check(tmp_path, yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))


def test_prometheus_reads_every_alert_rule(tmp_path: Path) -> None:
    check(tmp_path, rule_groups([FLIGHTS], "1m", HOUR))


def test_an_expression_that_does_not_parse_is_seen(tmp_path: Path) -> None:
    rules = [{"record": "panel:broken", "expr": "last_over_time(tidewatch_x[1h]"}]
    with pytest.raises(tools.ToolError, match="could not parse expression"):
        check(tmp_path, yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))


def check(folder: Path, rules: str) -> None:
    file = folder / "rules.yml"
    file.write_text(rules)
    tools.find().promtool.run("check", "rules", str(file))


def test_every_series_is_published_by_some_monitor() -> None:
    found = set(re.findall(r"tidewatch_\w+", " ".join(expressions())))
    found |= set(re.findall(r"tidewatch_\w+", rule_groups([FLIGHTS], "1m", HOUR)))
    assert len(found) > 15
    assert [name for name in found if not is_published_series(name)] == []


def metrics() -> Iterator[CloudWatchMetric | EveryVersion]:
    for panel in (*OF_MODEL, *endpoint_panels("flights-prod")):
        yield from panel.metrics
    for rule in alarm_rules(FLIGHTS, "flights-prod", HOUR):
        yield rule.metric
    for anomaly in anomaly_rules("flights", "flights-prod"):
        yield anomaly.metric


def test_every_metric_in_cloudwatch_is_published_by_a_monitor_or_by_aws() -> None:
    for metric in metrics():
        ours = isinstance(metric, EveryVersion) or metric.namespace == OURS
        if ours:
            assert is_published_aggregate(metric.name), metric
        else:
            assert isinstance(metric, CloudWatchMetric)
            assert metric.name in OF_AWS[metric.namespace], metric


def test_every_panel_looks_back_as_far_as_a_monitor_may_be_silent() -> None:
    for expression in expressions():
        assert f"[{3 * 3600 + 300}s]" in expression


def test_panels_of_a_source_that_is_not_there_are_left_out() -> None:
    without = Sources("prometheus", cloudwatch=False)
    panels = (*PANELS["monitors"], *PANELS["endpoint"])
    drawn = grafana_dashboard("u", "t", panels, without)["panels"]
    assert len(drawn) == len(PANELS["monitors"])
    assert {item["datasource"]["type"] for item in drawn} == {"prometheus"}


def test_every_query_and_variable_names_the_plugin_that_the_stage_chose() -> None:
    document = grafana_dashboard("u", "t", PANELS["monitors"], SOURCES)
    assert {item["type"] for item in sources_in(document)} == {SOURCES.prometheus}


def sources_in(document: Any) -> Iterator[dict[str, str]]:
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "datasource":
                yield value
            else:
                yield from sources_in(value)
    if isinstance(document, list):
        for item in document:
            yield from sources_in(item)


def test_ids_and_references_are_unique() -> None:
    for panels in PANELS.values():
        drawn = grafana_dashboard("u", "t", panels, SOURCES)["panels"]
        assert len({item["id"] for item in drawn}) == len(drawn)
        for item in drawn:
            references = [target["refId"] for target in item["targets"]]
            assert len(set(references)) == len(references)


def test_verdicts_are_shown_by_name() -> None:
    document = grafana_dashboard("u", "t", PANELS["monitors"], SOURCES)
    (mapping,) = document["panels"][0]["fieldConfig"]["defaults"]["mappings"]
    shown = {number: value["text"] for number, value in mapping["options"].items()}
    assert shown == {"0": "ok", "1": "warning", "2": "critical", "3": "too few rows"}
