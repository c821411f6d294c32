"""A model's health in CloudWatch: alarms that reach somebody, a composite that pages, one view."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.infra.conftest import PROJECT
from tests.infra.observed import only

Json = dict[str, Any]
Templates = dict[str, Template]
RUNBOOK = re.compile(r"docs/runbooks/\w+\.md")


@pytest.fixture(scope="module")
def health(templates: Templates) -> Template:
    return templates["flights-health"]


def alarms(template: Template) -> dict[str, Json]:
    found = template.find_resources("AWS::CloudWatch::Alarm")
    return {name: item["Properties"] for name, item in found.items()}


def test_what_makes_a_model_unwell_is_told_once_by_the_composite(health: Template) -> None:
    rule = json.dumps(only(health, "AWS::CloudWatch::CompositeAlarm")["AlarmRule"])
    silent = {name for name, alarm in alarms(health).items() if "AlarmActions" not in alarm}
    assert silent == {name for name in alarms(health) if name in rule}
    assert {re.sub("[0-9A-F]{8}$", "", name) for name in silent} == {
        "AlarmsDriftStandsCritical",
        "AlarmsQualityStandsCritical",
        "AlarmsEndpointErrorsChampion",
        "AlarmsEndpointErrorsChallenger",
    }


def test_the_composite_reaches_the_critical_topic_chat_and_mail(health: Template) -> None:
    composite = only(health, "AWS::CloudWatch::CompositeAlarm")
    for actions in (composite["AlarmActions"], composite["OKActions"]):
        imported = [action["Fn::ImportValue"] for action in actions]
        assert [any(topic in name for name in imported) for topic in ("Critical", "Chat", "Mail")]
        assert len(imported) == 3


def test_a_warning_wakes_nobody(health: Template) -> None:
    for name, alarm in alarms(health).items():
        if "Latency" in name or "UnusualTraffic" in name:
            reached = json.dumps(alarm["AlarmActions"])
            assert "Warning" in reached
            assert "Mail" not in reached
            assert "Critical" not in reached


def test_a_silent_monitor_breaches(health: Template) -> None:
    (alarm,) = [item for name, item in alarms(health).items() if "MonitorSilent" in name]
    assert (alarm["TreatMissingData"], alarm["Statistic"]) == ("breaching", "SampleCount")


def test_pagerduty_is_told_when_it_begins_and_when_it_ends(health: Template) -> None:
    rules = [item["Properties"] for item in health.find_resources("AWS::Events::Rule").values()]
    told = {}
    for rule in rules:
        (state,) = rule["EventPattern"]["detail"]["state"]["value"]
        (alarm,) = rule["EventPattern"]["resources"]
        assert alarm["Fn::GetAtt"][0].startswith("AlarmsModelUnwell")
        (target,) = rule["Targets"]
        assert "DeadLetterConfig" in target
        assert "$.resources[0]" in target["InputTransformer"]["InputPathsMap"].values()
        told[state] = json.loads(
            re.sub(r"(?<!\")<[\w-]+>(?!\")", '"x"', target["InputTransformer"]["InputTemplate"])
        )
    assert {state: item["event_action"] for state, item in told.items()} == {
        "ALARM": "trigger",
        "OK": "resolve",
    }
    assert told["ALARM"]["dedup_key"] == told["OK"]["dedup_key"]
    assert "routing_key" not in json.dumps(told)


def test_events_may_call_the_destination_and_nothing_else(health: Template) -> None:
    (role,) = health.find_resources("AWS::IAM::Role").values()
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    policy = only(health, "AWS::IAM::Policy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "events:InvokeApiDestination"


def test_the_dashboard_shows_every_alarm(health: Template) -> None:
    body = json.dumps(only(health, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    of_model = {name for name in alarms(health) if name.startswith("Alarms")}
    assert len(of_model) == 8
    for name in (*of_model, *health.find_resources("AWS::CloudWatch::CompositeAlarm")):
        assert name in body


def test_what_is_usual_is_learnt_of_the_champions_traffic(health: Template) -> None:
    (alarm,) = [item for name, item in alarms(health).items() if "UnusualTraffic" in name]
    assert alarm["ComparisonOperator"] == "LessThanLowerOrGreaterThanUpperThreshold"
    assert "ANOMALY_DETECTION_BAND" in json.dumps(alarm["Metrics"])


def test_that_nobody_asks_at_all_is_told_too(health: Template) -> None:
    (alarm,) = [item for name, item in alarms(health).items() if "UnusualTraffic" in name]
    assert alarm["InsufficientDataActions"] == alarm["AlarmActions"]


def test_every_runbook_that_an_alarm_or_alert_names_is_there(templates: Templates) -> None:
    named = {
        runbook
        for template in templates.values()
        for runbook in RUNBOOK.findall(json.dumps(template.to_json()))
    }
    assert len(named) > 12
    assert sorted(name for name in named if not (PROJECT / name).is_file()) == []


def test_every_runbook_is_named_by_some_alarm_or_alert(templates: Templates) -> None:
    text = "".join(json.dumps(template.to_json()) for template in templates.values())
    written = (PROJECT / "docs" / "runbooks").glob("*.md")
    assert [file.name for file in written if f"docs/runbooks/{file.name}" not in text] == []
