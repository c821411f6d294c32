"""What templates hand to services whole: filters, dates, index policies, plugins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate.semantic import ends, event_sources, grafana_plugins, index_policies, metric_filters
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (
    *event_sources.RULES,
    *ends.RULES,
    *index_policies.RULES,
    *metric_filters.RULES,
    *grafana_plugins.RULES,
)


def source(**pattern: object) -> dict[str, Any]:
    return {"Filters": [{"Pattern": json.dumps(pattern)}]}


def policy(**changes: Any) -> str:
    condition = {"min_index_age": "30d", **changes}
    wanted = condition.pop("state_name", "deleted")
    transition = {"state_name": wanted, "conditions": condition}
    states = [
        {"name": "kept", "actions": [], "transitions": [transition]},
        {"name": "deleted", "actions": [{"delete": {}}], "transitions": []},
    ]
    return json.dumps({"policy": {"default_state": "kept", "states": states}})


def data_source(kind: str) -> str:
    return json.dumps({"uid": kind, "name": kind, "type": kind, "access": "proxy"})


CODE = "def handler(event, context):\n    return {'batchItemFailures': []}\n"
SOUND: Resources = {
    "Queue": resource("AWS::SQS::Queue"),
    "Function": resource(
        "AWS::Lambda::Function",
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": CODE},
    ),
    "Source": resource(
        "AWS::Lambda::EventSourceMapping",
        EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
        FunctionName={"Ref": "Function"},
        BatchSize=100,
        MaximumBatchingWindowInSeconds=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        FilterCriteria=source(body={"detail": {"verdict": ["critical"]}}),
    ),
    "Schedule": resource(
        "AWS::Scheduler::Schedule",
        ScheduleExpression="rate(1 hour)",
        StartDate="2020-01-01T00:00:00Z",
        EndDate="2999-01-01T00:00:00Z",
    ),
    "Budget": resource("AWS::Budgets::Budget", Budget={"TimePeriod": {"End": "3706473600"}}),
    "Scaled": resource(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        ScheduledActions=[{"EndTime": "2999-01-01T00:00:00Z"}],
    ),
    "Search": resource("Custom::Search", Policy=policy()),
    "Filter": resource(
        "AWS::Logs::MetricFilter",
        FilterPattern='{ $.type = "TaskFailed" }',
        MetricTransformations=[
            {"MetricName": "failed", "MetricValue": "1", "Dimensions": [{"Key": "T"}]}
        ],
    ),
    "Workspace": resource("AWS::Grafana::Workspace", PluginAdminEnabled=True),
    "Content": resource(
        "Custom::Content",
        Workspace={"Fn::GetAtt": ["Workspace", "Id"]},
        Plugins=["grafana-athena-datasource", "grafana-clock-panel"],
        DataSources=[data_source("grafana-athena-datasource"), data_source("cloudwatch")],
    ),
}
_TRANSFORMATION = "Filter.MetricTransformations[0]"


def test_sound_settings_are_told_nothing(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        ("semantic.batch", "Source.MaximumBatchingWindowInSeconds", GONE),
        ("semantic.batch", "Source.MaximumBatchingWindowInSeconds", 0),
        ("semantic.batch", "Source.BatchSize", 10_001),
        ("semantic.batch", "Queue.FifoQueue", True),
        ("semantic.filter", "Source.FilterCriteria", source(detail={"verdict": ["critical"]})),
        ("semantic.filter", "Source.FilterCriteria.Filters[0].Pattern", "{body"),
        (
            "semantic.filter",
            "Source",
            resource(
                "AWS::Lambda::EventSourceMapping",
                EventSourceArn="arn:aws:kinesis:eu-west-1:111111111111:stream/s",
                FilterCriteria=source(body={"a": [1]}),
            ),
        ),
        ("semantic.batch-failures", "Source.FunctionResponseTypes", GONE),
        ("semantic.batch-failures", "Source.FunctionResponseTypes", []),
        ("semantic.ended", "Schedule.EndDate", "2024-12-31T00:00:00Z"),
        ("semantic.ended", "Schedule.StartDate", "2999-02-01T00:00:00Z"),
        ("semantic.ended", "Schedule.ScheduleExpression", "at(2024-12-31T00:00:00)"),
        ("semantic.ended", "Budget.Budget.TimePeriod.End", "2024-12-31"),
        ("semantic.ended", "Scaled.ScheduledActions[0].EndTime", "2024-12-31T00:00:00Z"),
        ("semantic.index-policy", "Search.Policy", policy(min_index_age="30")),
        ("semantic.index-policy", "Search.Policy", policy(min_index_age=30)),
        ("semantic.index-policy", "Search.Policy", policy(min_size="50")),
        ("semantic.index-policy", "Search.Policy", policy(state_name="delete")),
        ("semantic.metric-filter", f"{_TRANSFORMATION}.DefaultValue", 0),
        ("semantic.metric-filter", f"{_TRANSFORMATION}.MetricValue", "one"),
        ("semantic.metric-filter", f"{_TRANSFORMATION}.Dimensions", [{"Key": "T"}] * 4),
        ("semantic.metric-filter", "Filter.FilterPattern", "TaskFailed"),
        ("semantic.grafana-plugin", "Content.Plugins[0]", "grafana-x-datasource"),
        ("semantic.grafana-plugin", "Workspace.PluginAdminEnabled", GONE),
    ],
)
def test_what_a_service_refuses_or_ignores_is_found(
    tmp_path: Path, rule: str, path: str, value: Any
) -> None:
    broken = changed(SOUND, path, value) if "." in path else {**SOUND, path: value}
    assert found(RULES, tmp_path, broken) == [rule]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Source.FilterCriteria", source(eventSourceARN=[{"prefix": "arn:"}])),
        ("Source.FilterCriteria", source(detail=[{"exists": False}])),
        ("Source.EventSourceArn", "arn:aws:kafka:eu-west-1:111111111111:cluster/c/1"),
        ("Function.Code.ZipFile", "def handler(event, context):\n    raise SystemExit\n"),
        ("Schedule.EndDate", GONE),
        ("Search.Policy", policy(min_index_age="0", min_size="1.5gb")),
        ("Content.Plugins", []),
        ("Content.DataSources[0]", data_source("grafana-postgresql-datasource")),
    ],
)
def test_what_may_be_meant_is_told_nothing(tmp_path: Path, path: str, value: Any) -> None:
    assert found(RULES, tmp_path, changed(SOUND, path, value)) == []


def test_a_handler_that_names_no_failures_need_not_be_heard(tmp_path: Path) -> None:
    plain = changed(SOUND, "Function.Code.ZipFile", "def handler(event, context): ...\n")
    assert found(RULES, tmp_path, changed(plain, "Source.FunctionResponseTypes", GONE)) == []


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", sorted(SOUND))
def test_no_rule_falls_over_odd_properties(tmp_path: Path, name: str, value: Any) -> None:
    for key in SOUND[name]["Properties"]:
        found(RULES, tmp_path, changed(SOUND, f"{name}.{key}", value))
