"""Alerts on their way: routed by severity, said in known words, taken by pagers, chats and mail."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from gate.semantic import (
    alert_inhibitions,
    alert_messages,
    alert_routes,
    budget_filters,
    dashboards,
    event_buses,
    pagerduty,
    prometheus_rules,
    topic_filters,
)
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (
    *alert_routes.RULES,
    *alert_inhibitions.RULES,
    *alert_messages.RULES,
    *pagerduty.RULES,
    *event_buses.RULES,
    *topic_filters.RULES,
    *budget_filters.RULES,
    *dashboards.RULES,
    prometheus_rules.detectors_aggregate,
)
CHAT = """
{{ define "words" }}{{ range . }}{{ .Status }}{{ end }}{{ end }}
{{ define "chat" }}{"version": "1.0", "source": "custom", "content": {
  "title": "{{ template "words" .Alerts }}", "description": "{{ template "words" .Alerts }}"}}
{{- end }}
"""
ROUTING: dict[str, Any] = {
    "templates": ["words.tmpl"],
    "route": {
        "receiver": "info",
        "routes": [
            {"matchers": ['severity="critical"'], "receiver": "pager"},
            {"matchers": ['severity=~"warning|error"'], "receiver": "chat"},
        ],
    },
    "inhibit_rules": [
        {
            "source_matchers": ['severity="critical"'],
            "target_matchers": ['severity="warning"'],
            "equal": ["model"],
        }
    ],
    "receivers": [
        {"name": "pager", "pagerduty_configs": [{"routing_key": "k"}]},
        {
            "name": "chat",
            "sns_configs": [
                {
                    "topic_arn": "arn:aws:sns:eu-west-1:111111111111:chat",
                    "message": '{{ template "chat" . }}',
                }
            ],
        },
        {"name": "info", "sns_configs": [{"message": '{{ template "sns.default.message" . }}'}]},
        {"name": "nobody"},
    ],
}


def definition(routing: dict[str, Any], templates: str = CHAT) -> str:
    return yaml.safe_dump(
        {
            "template_files": {"words.tmpl": templates},
            "alertmanager_config": yaml.safe_dump(routing),
        }
    )


def alerts(*severities: str) -> str:
    written = [
        {"alert": word, "expr": "up == 0", "labels": {"severity": word}} for word in severities
    ]
    return yaml.safe_dump({"groups": [{"name": "all", "rules": written}]})


def page(action: str, key: str = "<alarm>", **payload: str) -> dict[str, Any]:
    body = {
        "event_action": action,
        "payload": {"summary": "it <b>", "source": "m", "severity": "critical", **payload},
    }
    template = json.dumps(body)[:-1] + f', "dedup_key": {key}}}'
    return resource(
        "AWS::Events::Rule",
        EventPattern={"source": ["aws.cloudwatch"]},
        Targets=[
            {
                "Arn": {"Fn::GetAtt": ["Destination", "Arn"]},
                "InputTransformer": {
                    "InputPathsMap": {"alarm": "$.resources[0]", "time": "$.time"},
                    "InputTemplate": template,
                },
            }
        ],
    )


def body(expression: str, alarm: object) -> Any:
    before, after = json.dumps(
        {
            "widgets": [
                {"type": "metric", "properties": {"metrics": [[{"expression": expression}]]}},
                {"type": "alarm", "properties": {"alarms": ["⟦⟧"]}},
            ]
        },
        ensure_ascii=False,
    ).split("⟦⟧")
    return {"Fn::Join": ["", [before, alarm, after]]}


ARN = {"Fn::GetAtt": ["Alarm", "Arn"]}
SEARCH = """SEARCH('{AWS/SQS,QueueName} MetricName="NumberOfMessagesSent"', 'Sum', 300)"""

SOUND: Resources = {
    "Rules": resource("AWS::APS::RuleGroupsNamespace", Data=alerts("critical", "warning", "info")),
    "Workspace": resource("AWS::APS::Workspace", AlertManagerDefinition=definition(ROUTING)),
    "Detector": resource(
        "AWS::APS::AnomalyDetector",
        Configuration={"RandomCutForest": {"Query": "sum by (a) (rate(b[5m]))"}},
    ),
    "Chat": resource("AWS::SNS::Topic", TopicName="chat"),
    "Slack": resource("AWS::Chatbot::SlackChannelConfiguration", SnsTopicArns=[{"Ref": "Chat"}]),
    "Mail": resource("AWS::SNS::Topic", TopicName="mail"),
    "People": resource("AWS::SNS::Subscription", TopicArn={"Ref": "Mail"}, Protocol="email"),
    "Team": resource(
        "AWS::SNS::Subscription",
        TopicArn={"Ref": "Mail"},
        Protocol="email",
        FilterPolicy={"team": ["ml"]},
    ),
    "Alarm": resource("AWS::CloudWatch::Alarm", AlarmActions=[{"Ref": "Mail"}]),
    "Connection": resource(
        "AWS::Events::Connection",
        AuthParameters={
            "InvocationHttpParameters": {"BodyParameters": [{"Key": "routing_key", "Value": "k"}]}
        },
    ),
    "Destination": resource(
        "AWS::Events::ApiDestination",
        ConnectionArn={"Fn::GetAtt": ["Connection", "Arn"]},
        InvocationEndpoint="https://events.pagerduty.com/v2/enqueue",
    ),
    "Trigger": page("trigger"),
    "Resolve": page("resolve"),
    "Bus": resource("AWS::Events::EventBus", Name="shop"),
    "Ours": resource(
        "AWS::Events::Rule",
        EventBusName={"Ref": "Bus"},
        EventPattern={"source": ["shop.orders"]},
        Targets=[
            {
                "Arn": {"Ref": "Chat"},
                "Input": '{"version": "1.0", "source": "custom", "content": {"description": "a"}}',
            }
        ],
    ),
    "Budget": resource(
        "AWS::Budgets::Budget",
        Budget={"CostFilters": {"TagKeyValue": ["user:stage$prod", "aws:createdBy$me"]}},
        ResourceTags=[{"Key": "stage", "Value": "prod"}],
    ),
    "Dashboard": resource("AWS::CloudWatch::Dashboard", DashboardBody=body(SEARCH, ARN)),
}


def test_sound_alerting_has_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


_INPUT = "Ours.Targets[0].Input"
_FILTERS = "Budget.Budget.CostFilters.TagKeyValue"
_QUERY = "Detector.Configuration.RandomCutForest.Query"
_BODY = "Connection.AuthParameters.InvocationHttpParameters.BodyParameters"


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("Rules.Data", alerts("page"), "semantic.alert-route"),
        ("Rules.Data", alerts("critcal"), "semantic.alert-route"),
        ("Rules.Data", alerts("crit"), "semantic.alert-route"),
        ("Rules.Data", alerts("warn"), "semantic.alert-route"),
        (f"{_BODY}[0].Key", "routingKey", "semantic.page"),
        ("Trigger", page("trigger", urgency="high"), None),
        ("Trigger", page("trigger", severity="high"), "semantic.page"),
        ("Trigger", page("trigger", source=""), "semantic.page"),
        ("Trigger", page("open"), "semantic.page"),
        ("Resolve", page("resolve", '""'), "semantic.page"),
        ("Resolve", page("resolve", "<time>"), "semantic.page-key"),
        ("Resolve", page("resolve", '"incident"'), "semantic.page-key"),
        ("Trigger.EventBusName", {"Ref": "Bus"}, "semantic.event-bus"),
        ("Ours.ScheduleExpression", "rate(1 hour)", "semantic.event-bus"),
        (_INPUT, '{"version": "1.0", "source": "shop"}', "semantic.chat-message"),
        (_INPUT, '{"version": "1.0", "source": "custom"}', "semantic.chat-message"),
        ("People.FilterPolicy", {"severity": ["critical"]}, "semantic.topic-filter"),
        ("People.FilterPolicy", {"severity": [{"exists": False}]}, None),
        (_FILTERS, ["stage$prod"], "semantic.budget-filter"),
        (_FILTERS, ["user:stage"], "semantic.budget-filter"),
        (_FILTERS, ["user:stages$prod"], "semantic.budget-filter"),
        (_FILTERS, ["user:owner$me"], None),
        (_QUERY, "rate(b[5m])", "semantic.detector-query"),
        (_QUERY, "topk(3, b)", "semantic.detector-query"),
        (
            "Dashboard.DashboardBody",
            body(SEARCH.replace(",QueueName", ""), ARN),
            "semantic.dashboard-metric",
        ),
        (
            "Dashboard.DashboardBody",
            body(SEARCH.replace("Sent", "Lost"), ARN),
            "semantic.dashboard-metric",
        ),
        ("Dashboard.DashboardBody", body(SEARCH, {"Ref": "Alarm"}), "semantic.dashboard-alarm"),
    ],
)  # fmt: skip
def test_a_fault_in_alerting_is_found(
    path: str, value: Any, rule: str | None, tmp_path: Path
) -> None:
    resources = changed(SOUND, path, value) if "." in path else {**SOUND, path: value}
    assert found(RULES, tmp_path, resources) == ([] if rule is None else [rule])


def test_a_filter_by_the_body_may_pass(tmp_path: Path) -> None:
    filtered = changed(SOUND, "People.FilterPolicy", {"AlarmName": ["a"]})
    filtered["People"]["Properties"]["FilterPolicyScope"] = "MessageBody"
    assert found(RULES, tmp_path, filtered) == []


def test_a_bus_that_is_sent_on_to_hears_of_services(tmp_path: Path) -> None:
    own = changed(SOUND, "Trigger.EventBusName", {"Ref": "Bus"})
    own["SendOn"] = resource("AWS::Events::Rule", Targets=[{"Arn": {"Fn::GetAtt": ["Bus", "Arn"]}}])
    assert found(RULES, tmp_path, own) == []


_ROUTES, _INHIBITION = ("route", "routes"), ("inhibit_rules", 0)
_CHAT_CONFIG = ("receivers", 1, "sns_configs", 0)
Edits = dict[tuple[str | int, ...], Any]


def routed(edits: Edits) -> dict[str, Any]:
    """The routing with other values at some places."""
    routing = deepcopy(ROUTING)
    for path, value in edits.items():
        place: Any = routing
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
    return routing


@pytest.mark.parametrize(
    ("edits", "rule"),
    [
        ({(*_ROUTES, 0, "receiver"): "chat"}, "semantic.alert-route"),
        (
            {(*_ROUTES, 0, "receiver"): "chat", (*_ROUTES, 1, "receiver"): "pager"},
            "semantic.alert-route",
        ),
        (
            {
                (*_INHIBITION, "source_matchers"): ['severity="warning"'],
                (*_INHIBITION, "target_matchers"): ['severity="critical"'],
            },
            "semantic.inhibition",
        ),
        (
            {
                _INHIBITION: {
                    "source_match": {"severity": "warning"},
                    "target_match_re": {"severity": "error|critical"},
                    "equal": ["model"],
                }
            },
            "semantic.inhibition",
        ),
        ({(*_INHIBITION, "equal"): []}, "semantic.inhibition"),
        (
            {
                _INHIBITION: {
                    "source_match": {"severity": "critical"},
                    "target_match": {"severity": "warning"},
                }
            },
            "semantic.inhibition",
        ),
        # An alert that explains all others by its name may mute them.
        (
            {
                (*_INHIBITION, "source_matchers"): ['severity="critical"', "alertname = Down"],
                (*_INHIBITION, "equal"): [],
            },
            None,
        ),
        (
            {("receivers", 0, "pagerduty_configs", 0, "description"): '{{ template "page" . }}'},
            "semantic.alert-template",
        ),
        ({(*_CHAT_CONFIG, "message"): '{{ template "words" .Alerts }}'}, "semantic.chat-message"),
        ({(*_CHAT_CONFIG, "message"): None}, "semantic.chat-message"),
        # The default pages: what has no route is heard all the more.
        (
            {
                ("route", "receiver"): "pager",
                (*_ROUTES, 0): {"matchers": ['severity="info"'], "receiver": "info"},
            },
            None,
        ),
    ],
)
def test_a_fault_in_the_routing_is_found(edits: Edits, rule: str | None, tmp_path: Path) -> None:
    resources = changed(SOUND, "Workspace.AlertManagerDefinition", definition(routed(edits)))
    assert found(RULES, tmp_path, resources) == ([] if rule is None else [rule])


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"custom"', '"shop"', "semantic.chat-message"),
        ('"1.0"', '"0.1"', "semantic.chat-message"),
        ('"description"', '"text"', "semantic.chat-message"),
        ('define "words"', 'define "text"', "semantic.alert-template"),
        # What becomes of this one is known when it is run.
        ('{"version"', '{ {{ if .Status }}"version"', None),
    ],
)
def test_a_fault_in_a_template_is_found(
    old: str, new: str, rule: str | None, tmp_path: Path
) -> None:
    written = definition(ROUTING, CHAT.replace(old, new))
    resources = changed(SOUND, "Workspace.AlertManagerDefinition", written)
    assert found(RULES, tmp_path, resources) == ([] if rule is None else [rule])


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    paths = (
        "Workspace.AlertManagerDefinition",
        "Trigger.Targets",
        "Ours.EventPattern",
        "People.FilterPolicy",
        "Slack.SnsTopicArns",
        "Dashboard.DashboardBody",
        _FILTERS,
        _BODY,
    )
    for odd in ODD:
        for path in paths:
            found(RULES, tmp_path, changed(SOUND, path, odd))
        for key in ROUTING:
            written = definition({**ROUTING, key: odd})
            found(RULES, tmp_path, changed(SOUND, "Workspace.AlertManagerDefinition", written))
    found(RULES, tmp_path, changed(SOUND, "People.TopicArn", GONE))
