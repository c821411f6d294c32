"""Alarms that ring when something is wrong, and not while all is well or between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gate.semantic import (
    alarm_evaluation,
    alarm_marks,
    composite_meaning,
    publishing_rates,
    watched_metrics,
)
from gate.semantic.schedule_interval import least_seconds
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (
    *alarm_marks.RULES,
    *alarm_evaluation.RULES,
    *composite_meaning.RULES,
    *publishing_rates.RULES,
    *watched_metrics.RULES,
)
QUERY = "avg(last_over_time(tidewatch_data_monitor_mean_psi[3h]))"


def alarm(namespace: str, name: str, dimensions: dict[str, Any], **others: Any) -> dict[str, Any]:
    return resource(
        "AWS::CloudWatch::Alarm",
        **{
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            "Statistic": "Maximum",
            "Period": 3600,
            "EvaluationPeriods": 3,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            **others,
        },
    )


def rules(expression: str) -> str:
    return f"groups: [{{name: a, rules: [{{alert: A, expr: '{expression}'}}]}}]"


SOUND: Resources = {
    "Hourly": resource("AWS::Scheduler::Schedule", ScheduleExpression="cron(5 * * * ? *)"),
    "Daily": resource("AWS::Events::Rule", ScheduleExpression="rate(1 day)"),
    "Machine": resource("AWS::StepFunctions::StateMachine", StateMachineName="orders"),
    "Queue": resource("AWS::SQS::Queue"),
    "Critical": alarm("Tidewatch", "data_monitor_critical", {"Model": "m"}),
    "Silent": alarm(
        "Tidewatch",
        "data_monitor_critical",
        {"Model": "m"},
        Statistic="SampleCount",
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    ),
    "Failed": alarm("AWS/States", "ExecutionsFailed", {"StateMachineArn": {"Ref": "Machine"}}),
    "Depth": alarm(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": {"Fn::GetAtt": ["Queue", "QueueName"]}},
    ),
    "Share": resource(
        "AWS::CloudWatch::Alarm",
        Metrics=[{"Id": "all", "Expression": "FILL(METRICS(), 0)"}],
        Threshold=1,
    ),
    "Both": resource(
        "AWS::CloudWatch::CompositeAlarm",
        AlarmActions=["arn:aws:sns:eu-west-1:111111111111:people"],
        AlarmRule="ALARM(a) OR (ALARM(b) AND OK(c)) OR NOT (OK(d) OR INSUFFICIENT_DATA(d))",
    ),
    "Rules": resource("AWS::APS::RuleGroupsNamespace", Data=rules(f"{QUERY} > 1")),
    "Detector": resource(
        "AWS::APS::AnomalyDetector", Configuration={"RandomCutForest": {"Query": QUERY}}
    ),
}


def test_sound_alarms_have_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("Silent.Statistic", "Sum", "semantic.alarm-direction"),
        ("Silent.Statistic", "Maximum", "semantic.alarm-direction"),
        ("Critical.Statistic", "SampleCount", "semantic.alarm-direction"),
        ("Silent.Period", 300, "semantic.alarm-rate"),
        ("Silent.DatapointsToAlarm", 1, None),
        ("Hourly.ScheduleExpression", "rate(2 hours)", None),
        (
            "Depth.Dimensions[0].Value",
            {"Fn::GetAtt": ["Queue", "Arn"]},
            "semantic.metric-unpublished",
        ),
        ("Depth.Dimensions[0].Value", {"Ref": "Queue"}, "semantic.metric-unpublished"),
        (
            "Failed.Dimensions[0].Value",
            {"Fn::GetAtt": ["Machine", "Name"]},
            "semantic.metric-unpublished",
        ),
        (
            "Share.Metrics[0].Expression",
            """SEARCH('{AWS/SQS,QueueName} MetricName="Sent"', 'Sum', 300)""",
            "semantic.alarm-expression",
        ),
        ("Both.AlarmRule", "ALARM(a) OR OK(b)", "semantic.composite-well"),
        ("Both.AlarmRule", "NOT ALARM(a) AND NOT ALARM(b)", "semantic.composite-well"),
        ("Both.AlarmRule", "ALARM(a) AND OK(a)", "semantic.composite-well"),
        ("Both.AlarmRule", "ALARM(a) AND NOT ALARM(b)", None),
        ("Rules.Data", rules("tidewatch_data_monitor_verdict == 2"), "semantic.look-back"),
        (
            "Rules.Data",
            rules("last_over_time(tidewatch_data_monitor_verdict{model=\"m\"}[5m]) == 2"),
            "semantic.look-back",
        ),
        ("Rules.Data", rules("max_over_time((tidewatch_data_monitor_rows > 1)[3h:])"), None),
        ("Rules.Data", rules("up == 0"), None),
        (
            "Detector.Configuration.RandomCutForest.Query",
            "avg(tidewatch_data_monitor_mean_psi)",
            "semantic.look-back",
        ),
    ],
)  # fmt: skip
def test_what_rings_for_nothing_is_found(
    path: str, value: Any, rule: str | None, tmp_path: Path
) -> None:
    assert found(RULES, tmp_path, changed(SOUND, path, value)) == ([] if rule is None else [rule])


def test_where_nothing_is_scheduled_no_rate_is_known(tmp_path: Path) -> None:
    quick = changed(changed(SOUND, "Silent.Period", 60), "Rules.Data", rules("tidewatch_a[5m]"))
    del quick["Hourly"], quick["Daily"]
    assert found(RULES, tmp_path, quick) == []


def test_a_bucket_is_measured_once_a_day(tmp_path: Path) -> None:
    empty = alarm("AWS/S3", "BucketSizeBytes", {"BucketName": "b"}, TreatMissingData="breaching")
    assert found(RULES, tmp_path, {"Empty": empty}) == ["semantic.alarm-rate"]
    empty["Properties"]["Period"] = 86_400
    assert found(RULES, tmp_path, {"Empty": empty}) == []


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(5 minutes)", 300),
        ("rate(7 days)", 604_800),
        ("cron(0/20 * * * ? *)", 1_200),
        ("cron(0,10 6 ? * MON *)", 600),
        ("cron(0 8-18/5 * * ? *)", 18_000),
        ("cron(0 0 1 * ? *)", 86_400),
        ("cron(soon)", None),
        ("cron(x * * * ? *)", None),
    ],
)
def test_the_least_time_between_two_runs(expression: str, seconds: int | None) -> None:
    assert least_seconds(expression) == seconds


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path in ("Silent.Dimensions", "Both.AlarmRule", "Rules.Data", "Silent.Period"):
            found(RULES, tmp_path, changed(SOUND, path, odd))
    found(RULES, tmp_path, changed(SOUND, "Silent.EvaluationPeriods", GONE))
