"""Schedules that come round, and patterns of events that somebody sends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gate.semantic import event_patterns, input_templates, schedules
from gate.semantic.schedule_expression import faults_of
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (*schedules.RULES, *event_patterns.RULES)
TARGET = {"Arn": "arn:aws:sqs:eu-west-1:111111111111:queue", "Id": "Queue"}
SOUND: Resources = {
    "Weekly": resource(
        "AWS::Scheduler::Schedule",
        ScheduleExpression="cron(30 6 ? * MON *)",
        ScheduleExpressionTimezone="Europe/Berlin",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        Target={"Arn": TARGET["Arn"], "RoleArn": "arn:aws:iam::111111111111:role/schedule"},
    ),
    "Hourly": resource("AWS::Events::Rule", ScheduleExpression="rate(1 hour)", Targets=[TARGET]),
    "Approved": resource(
        "AWS::Events::Rule",
        EventPattern={
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Model Package State Change"],
            "detail": {
                "ModelPackageGroupName": [{"prefix": "flights"}],
                "ModelApprovalStatus": ["Approved"],
                "Version": [{"numeric": [">", 1, "<=", 9]}],
                "$or": [{"a": [{"exists": True}]}, {"b": [None]}],
            },
        },
        Targets=[TARGET],
    ),
    "Sender": resource(
        "AWS::IAM::Policy",
        PolicyDocument={
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "events:PutEvents",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"events:source": "shop.orders"}},
                }
            ]
        },
    ),
    "Ours": resource(
        "AWS::Events::Rule",
        EventPattern={"source": ["shop.orders"], "detail-type": ["Order Placed"]},
        Targets=[TARGET],
    ),
}


def test_sound_schedules_and_patterns_have_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("Weekly.ScheduleExpression", "cron(30 6 * * MON *)", "semantic.schedule"),
        ("Weekly.ScheduleExpressionTimezone", "Europe/Berln", "semantic.schedule-window"),
        ("Weekly.FlexibleTimeWindow.MaximumWindowInMinutes", GONE, "semantic.schedule-window"),
        ("Weekly.FlexibleTimeWindow.MaximumWindowInMinutes", 1441, "semantic.schedule-window"),
        ("Weekly.FlexibleTimeWindow.Mode", "OFF", "semantic.schedule-window"),
        ("Hourly.ScheduleExpression", "rate(1 hours)", "semantic.schedule"),
        ("Hourly.ScheduleExpression", "at(2026-01-01T00:00:00)", "semantic.schedule"),
        ("Hourly.ScheduleExpression", GONE, "semantic.rule-trigger"),
        ("Hourly.Targets", [], "semantic.rule-target"),
        ("Approved.EventPattern.sourse", ["aws.sagemaker"], "semantic.event-pattern"),
        ("Approved.EventPattern.detail.ModelApprovalStatus", "Approved", "semantic.event-pattern"),
        ("Approved.EventPattern.detail.ModelApprovalStatus", [], "semantic.event-pattern"),
        (
            "Approved.EventPattern.detail.ModelPackageGroupName",
            [{"prefx": "flights"}],
            "semantic.event-pattern",
        ),
        ("Approved.EventPattern.detail.Version", [{"numeric": [">"]}], "semantic.event-pattern"),
        ("Ours.EventPattern.source", ["shop.order"], "semantic.event-source"),
        ("Approved.EventPattern.source", ["aws.sagemakr"], "semantic.event-unknown"),
        ("Approved.EventPattern.source", ["AWS.SageMaker"], "semantic.event-unknown"),
        (
            "Approved.EventPattern.detail-type",
            ["SageMaker Model Package Status Change"],
            "semantic.event-unknown",
        ),
        (
            "Approved.EventPattern.detail.ModelApprovalStatus",
            ["APPROVED"],
            "semantic.event-unknown",
        ),
    ],
)
def test_a_fault_in_a_schedule_or_pattern_is_found(
    path: str, value: Any, rule: str, tmp_path: Path
) -> None:
    assert rule in found(RULES, tmp_path, changed(SOUND, path, value))


def test_every_placeholder_has_a_path(tmp_path: Path) -> None:
    transformer = {"InputPathsMap": {"id": "$.id"}, "InputTemplate": '{"id": <id>}'}
    resources = changed(SOUND, "Ours.Targets[0].InputTransformer", transformer)
    assert found(input_templates.RULES, tmp_path, resources) == []
    transformer["InputTemplate"] = '{"id": <id>, "at": <aws.events.event.ingestion-time>, "a": <b>}'
    assert found(input_templates.RULES, tmp_path, resources) == ["semantic.input-template"]


def test_an_alarms_state_is_in_capitals(tmp_path: Path) -> None:
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"state": {"value": ["ALARM", "OK"]}},
    }
    assert found(RULES, tmp_path, changed(SOUND, "Approved.EventPattern", pattern)) == []
    pattern["detail"] = {"state": {"value": ["alarm"]}}
    resources = changed(SOUND, "Approved.EventPattern", pattern)
    assert found(RULES, tmp_path, resources) == ["semantic.event-unknown"]


def test_events_of_our_own_are_of_a_kind_that_the_code_names(tmp_path: Path) -> None:
    (tmp_path / "asset.sender").mkdir()
    (tmp_path / "asset.sender" / "send.py").write_text('put(DetailType="Order Placed")')
    assert found(RULES, tmp_path, SOUND) == []
    misspelt = changed(SOUND, "Ours.EventPattern.detail-type", ["Order placed"])
    assert found(RULES, tmp_path, misspelt) == ["semantic.event-unknown"]


@pytest.mark.parametrize(
    "expression",
    [
        "rate(5 minutes)",
        "cron(0 10 * * ? *)",
        "cron(0/15 8-17 ? * MON-FRI 2026-2028)",
        "cron(0 8 L * ? *)",
        "cron(0 8 1W * ? *)",
        "cron(0 8 ? * 6L *)",
        "cron(0 8 ? * MON#2 *)",
        "cron(0 8 ? JAN,jul 2,4 *)",
        "cron(*/10 * * * ? *)",
        "at(2026-11-21T12:00:00)",
    ],
)
def test_schedules_of_the_grammar_are_read(expression: str) -> None:
    assert faults_of(expression, once=True) == []


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(1.5 hours)",
        "rate(5 weeks)",
        "rate(5 minute)",
        "cron(0 10 * * ?)",
        "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 ? * ? *)",
        "cron(0 10 32 * ? *)",
        "cron(0 10 ? * FUN *)",
        "cron(0 10 ? 13 MON *)",
        "cron(0/ 10 * * ? *)",
        "at(2026-13-21T12:00:00)",
        "at(tomorrow)",
        "every hour",
    ],
)
def test_schedules_outside_the_grammar_are_not(expression: str) -> None:
    assert faults_of(expression, once=True) != []


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path in ("Approved.EventPattern", "Weekly.FlexibleTimeWindow", "Hourly.Targets"):
            found(RULES, tmp_path, changed(SOUND, path, odd))
