"""Alert rules and routing say what they should, in each severity."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from dashboards.alert_routing import Destinations, alert_manager_definition
from dashboards.alert_rules import rule_groups, rules_for
from tidewatch.core.config import load_model

PROJECT = Path(__file__).parents[3]
FLIGHTS = load_model(PROJECT / "config", "flights")
HOUR = timedelta(hours=1)
TO = Destinations(
    region="eu-west-1",
    critical_topic="arn:critical",
    warning_topic="arn:warning",
    info_topic="arn:info",
    chat_topic="arn:chat",
    mail_topic="arn:mail",
    pagerduty_secret="arn:secret",
)


def definition(to: Destinations) -> dict[str, dict[str, Any]]:
    outer = yaml.safe_load(alert_manager_definition(to, "30s"))
    return {
        item["name"]: item for item in yaml.safe_load(outer["alertmanager_config"])["receivers"]
    }


def test_each_monitor_has_a_warning_and_a_critical_rule_but_an_estimate_never_pages() -> None:
    names = {rule.name: rule.severity for rule in rules_for(FLIGHTS, HOUR)}
    assert names == {
        "DataDriftWarning": "warning",
        "DataDriftCritical": "critical",
        "ModelQualityWarning": "warning",
        "ModelQualityCritical": "critical",
        "EstimatedQualityWarning": "warning",
        "QuarantinedRecordsWarning": "warning",
        "QuarantinedRecordsCritical": "critical",
        "MonitorDead": "critical",
    }


def test_rules_look_back_over_three_missed_runs() -> None:
    for rule in rules_for(FLIGHTS, HOUR):
        (looked_back,) = re.findall(r"\[(\d+)s\]", rule.expression)
        held = rule.hold.removesuffix("s")
        assert int(looked_back) + int(held) == 3 * 3600 + 300


def test_a_monitor_that_never_ran_is_dead_when_its_second_run_is_due() -> None:
    (dead,) = (rule for rule in rules_for(FLIGHTS, HOUR) if rule.name == "MonitorDead")
    assert dead.hold == f"{2 * 3600}s"


def test_every_rule_tells_impact_action_and_a_runbook_that_exists() -> None:
    for rule in rules_for(FLIGHTS, HOUR):
        assert rule.impact
        assert rule.action
        assert (PROJECT / "docs" / "runbooks" / f"{rule.name}.md").is_file()


def test_each_model_has_its_own_rule_group() -> None:
    groups = yaml.safe_load(rule_groups([FLIGHTS], "5s", HOUR))["groups"]
    assert [(group["name"], group["interval"]) for group in groups] == [("tidewatch-flights", "5s")]


def test_critical_reaches_mail_chat_and_pager() -> None:
    critical = definition(TO)["critical"]
    assert {item["topic_arn"] for item in critical["sns_configs"]} == {
        "arn:critical",
        "arn:mail",
        "arn:chat",
    }
    assert critical["pagerduty_configs"][0]["routing_key"] == {
        "aws_secrets_manager": {"secret_arn": "arn:secret", "secret_key": "routing_key"}
    }


def test_a_longer_reference_wraps_no_line_elsewhere() -> None:
    marks = ["x", "x" * 57, "x" * 400]
    made = {
        alert_manager_definition(replace(TO, critical_topic=mark), "30s").replace(mark, "")
        for mark in (f"<{mark}>" for mark in marks)
    }
    assert len(made) == 1


def test_warning_reaches_chat_and_its_topic_and_pages_nobody() -> None:
    warning = definition(TO)["warning"]
    assert {item["topic_arn"] for item in warning["sns_configs"]} == {"arn:warning", "arn:chat"}
    assert "pagerduty_configs" not in warning


def test_info_is_recorded_only() -> None:
    info = definition(TO)["info"]
    assert [item["topic_arn"] for item in info["sns_configs"]] == ["arn:info"]


def test_without_a_pager_nothing_is_said_of_one() -> None:
    critical = definition(replace(TO, pagerduty_secret=None))["critical"]
    assert "pagerduty_configs" not in critical
