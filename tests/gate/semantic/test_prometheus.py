"""Rules, alert manager definitions and dashboards: sound, and on series that somebody publishes."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.semantic import alertmanager, dashboards, grafana, managed_workspaces, prometheus_rules
from gate.semantic.promql import selectors
from tests.gate.semantic.templates import Resources, changed, found, resource

RULES = (
    *prometheus_rules.RULES,
    *alertmanager.RULES,
    *dashboards.RULES,
    *grafana.RULES,
    *managed_workspaces.RULES,
)
TOPIC = "arn:aws:sns:eu-west-1:111111111111:alerts"
MISSPELT = {"namespace": "AWS/SQS", "metricName": "NumberOfMessagSent"}
PSI = 'max by (model) (last_over_time(tidewatch_data_monitor_psi{feature!=""}[2h])) > 0.25'

ROUTING: dict[str, Any] = {
    "templates": ["words.tmpl"],
    "route": {"receiver": "people", "repeat_interval": "4h", "routes": []},
    "receivers": [
        {
            "name": "people",
            "sns_configs": [{"topic_arn": TOPIC, "sigv4": {"region": "eu-west-1"}}],
            "pagerduty_configs": [
                {"routing_key": {"aws_secrets_manager": {"secret_arn": "a", "secret_key": "k"}}}
            ],
        }
    ],
}


def rules(expression: str, **labels: str) -> str:
    alerts = [
        {"record": "drift:max", "expr": PSI},
        {"alert": "Drift", "expr": "drift:max > 0.3", "labels": {"severity": "warning"}},
        {"alert": "Tried", "expr": expression, "labels": labels or {"severity": "critical"}},
    ]
    return yaml.safe_dump({"groups": [{"name": "drift", "rules": alerts}]})


def definition(routing: dict[str, Any]) -> str:
    templates = {"words.tmpl": '{{ define "words" }}{{ .Status }}{{ end }}'}
    return yaml.safe_dump(
        {"template_files": templates, "alertmanager_config": yaml.safe_dump(routing)}
    )


def body(**properties: Any) -> str:
    metrics = [
        ["AWS/SQS", "NumberOfMessagesSent", "QueueName", "orders"],
        [".", "NumberOfMessagesReceived", ".", "."],
        ["...", "other"],
        [{"expression": "m1 / m2"}],
    ]
    widget = {"type": "metric", "x": 12, "width": 12, "properties": {"metrics": metrics}}
    return json.dumps({"widgets": [{**widget, **properties}]})


SOUND: Resources = {
    "Topic": resource("AWS::SNS::Topic", TopicName="alerts"),
    "Rules": resource("AWS::APS::RuleGroupsNamespace", Name="drift", Data=rules(PSI)),
    "Workspace": resource("AWS::APS::Workspace", AlertManagerDefinition=definition(ROUTING)),
    "Grafana": resource("AWS::Grafana::Workspace", GrafanaVersion="10.4"),
    "Dashboard": resource("AWS::CloudWatch::Dashboard", DashboardBody=body()),
    "Detector": resource(
        "AWS::APS::AnomalyDetector",
        Alias="psi",
        Configuration={"RandomCutForest": {"Query": "avg(tidewatch_data_monitor_mean_psi)"}},
    ),
    "Panels": resource(
        "Custom::Grafana",
        Dashboard=json.dumps(
            {"panels": [{"title": "Drift", "targets": [{"expr": f'{PSI} or drift:max{{a="$b"}}'}]}]}
        ),
    ),
}


def test_sound_rules_and_dashboards_have_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("Rules.Data", rules("rate(up[5m)"), "semantic.promtool"),
        ("Rules.Data", "groups: 5", "semantic.promtool"),
        ("Rules.Data", rules("tidewatch_data_monitor_psy > 1"), "semantic.series-unpublished"),
        ("Rules.Data", rules("drift:mux > 1"), "semantic.series-unpublished"),
        (
            "Rules.Data",
            rules('tidewatch_data_monitor_psi{modle="m"} > 1'),
            "semantic.series-unpublished",
        ),
        ("Rules.Data", rules(PSI, team="ml"), "semantic.alert-severity"),
        ("Detector.Configuration.RandomCutForest.Query", "avg(", "semantic.promtool"),
        (
            "Detector.Configuration.RandomCutForest.Query",
            "avg(tidewatch_data_monitor_none)",
            "semantic.series-unpublished",
        ),
        (
            "Workspace.WorkspaceConfiguration",
            {"RetentionPeriodInDays": 2000},
            "semantic.prometheus-workspace",
        ),
        ("Grafana.GrafanaVersion", "10.2", "semantic.grafana-version"),
        ("Dashboard.DashboardBody", "{", "semantic.dashboard"),
        ("Dashboard.DashboardBody", body(x=13), "semantic.dashboard"),
        ("Dashboard.DashboardBody", body(type="graph"), "semantic.dashboard"),
        (
            "Dashboard.DashboardBody",
            body(properties={"metrics": [["AWS/SQS", "MessagesSent", "QueueName", "orders"],
                                         [".", "NumberOfMessageSent", ".", "."]]}),
            "semantic.dashboard-metric",
        ),
        (
            "Dashboard.DashboardBody",
            body(properties={"metrics": [["Nobody", "Publishes"]]}),
            "semantic.dashboard-metric",
        ),
        (
            "Dashboard.DashboardBody",
            body(type="alarm", properties={"alarms": [TOPIC]}),
            "semantic.dashboard-alarm",
        ),
        (
            "Panels.Dashboard",
            json.dumps({"panels": [{"targets": [{"expr": "tidewatch_data_monitor_psy"}]}]}),
            "semantic.panel-series",
        ),
        (
            "Panels.Dashboard",
            json.dumps({"panels": [{"targets": [MISSPELT]}]}),
            "semantic.panel-metric",
        ),
    ],
)  # fmt: skip
def test_a_fault_in_rules_or_dashboards_is_found(
    path: str, value: Any, rule: str, tmp_path: Path
) -> None:
    assert rule in found(RULES, tmp_path, changed(SOUND, path, value))


def routed(**changes: Any) -> dict[str, Any]:
    routing = deepcopy(ROUTING)
    routing["receivers"][0]["sns_configs"][0] |= changes
    return routing


@pytest.mark.parametrize(
    ("routing", "rule"),
    [
        (ROUTING | {"route": {"receiver": "nobody"}}, "semantic.amtool"),
        (ROUTING | {"templates": ["other.tmpl"]}, "semantic.amtool"),
        (
            ROUTING | {"route": {"receiver": "people", "repeat_interval": "6d"}},
            "semantic.alertmanager",
        ),
        (routed(api_url="http://sns"), "semantic.alertmanager"),
        (routed(sigv4={}), "semantic.alertmanager"),
        (
            ROUTING | {"receivers": [{"name": "people", "webhook_configs": [{"url": "http://a"}]}]},
            "semantic.alertmanager",
        ),
    ],
)
def test_a_fault_in_the_routing_is_found(
    routing: dict[str, Any], rule: str, tmp_path: Path
) -> None:
    resources = changed(SOUND, "Workspace.AlertManagerDefinition", definition(routing))
    assert rule in found(RULES, tmp_path, resources)


def test_a_definition_without_its_root_is_found(tmp_path: Path) -> None:
    resources = changed(SOUND, "Workspace.AlertManagerDefinition", yaml.safe_dump(ROUTING))
    assert "semantic.amtool" in found(RULES, tmp_path, resources)


def test_alerts_do_not_go_to_a_fifo_topic(tmp_path: Path) -> None:
    resources = changed(SOUND, "Topic.FifoTopic", True)
    assert found(RULES, tmp_path, resources) == ["semantic.alert-topic"]


def test_series_of_others_are_looked_for_where_their_code_is(tmp_path: Path) -> None:
    code = tmp_path / "asset.0123"
    code.mkdir()
    (code / "index.py").write_text('gauge("shop_orders", 1)', encoding="utf-8")
    shop = changed(SOUND, "Rules.Data", rules("shop_orders > 1"))
    assert found(RULES, tmp_path, shop) == []
    misspelt = changed(SOUND, "Rules.Data", rules("shop_orders > shop_order"))
    assert found(RULES, tmp_path, misspelt) == ["semantic.series-unpublished"]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up", ["up"]),
        ('sum by (a, b) (rate(x_total{c="d"}[5m] offset 1h)) > bool 5', ["x_total"]),
        ("a / on (b) group_left (c) d", ["a", "d"]),
        ('{__name__="job:x", y="z"}', ["job:x"]),
        ("avg without (instance) (a) and b or c unless d", ["a", "b", "c", "d"]),
        ('label_replace(a, "b", "$1", "c", "(.*)")', ["a"]),
        ("last_over_time(tidewatch_${unit}_psi[$__range]) > $limit", []),
        ("topk(3, a) * 1e3 + Inf", ["a"]),
    ],
)
def test_names_are_told_from_other_words(expression: str, names: list[str]) -> None:
    assert [selector.name for selector in selectors(expression)] == names
