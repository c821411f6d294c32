"""Alarms on shares of requests compare them with shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gate.semantic import alarm_shares
from tests.gate.semantic.templates import ODD, Resources, changed, found, resource

_RULE = "semantic.alarm-share"


def counted(name: str, metric: str) -> dict[str, Any]:
    stat = {"Metric": {"Namespace": "AWS/Lambda", "MetricName": metric}, "Stat": "Sum"}
    return {"Id": name, "MetricStat": {**stat, "Period": 60}, "ReturnData": False}


SOUND: Resources = {
    "Errors": resource(
        "AWS::CloudWatch::Alarm",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Average",
        Threshold=0.01,
        ComparisonOperator="GreaterThanThreshold",
    ),
    "Share": resource(
        "AWS::CloudWatch::Alarm",
        Metrics=[
            counted("failed", "Errors"),
            counted("asked", "Invocations"),
            {"Id": "share", "Expression": "failed / asked"},
        ],
        Threshold=0.05,
        ComparisonOperator="GreaterThanThreshold",
    ),
}


def test_shares_are_sound(tmp_path: Path) -> None:
    assert found(alarm_shares.RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("path", "value", "is_found"),
    [
        ("Errors.Threshold", 1, True),
        ("Errors.Threshold", "5", True),
        ("Errors.Statistic", "Sum", False),
        ("Share.Threshold", 5, True),
    ],
)
def test_per_cent_are_found(path: str, value: Any, is_found: bool, tmp_path: Path) -> None:
    told = found(alarm_shares.RULES, tmp_path, changed(SOUND, path, value))
    assert told == ([_RULE] if is_found else [])


def test_what_is_no_share_may_be_much(tmp_path: Path) -> None:
    much = changed(changed(SOUND, "Errors.Threshold", 5), "Errors.Statistic", "Sum")
    assert found(alarm_shares.RULES, tmp_path, much) == []
    percent = changed(
        changed(SOUND, "Share.Threshold", 5), "Share.Metrics[2].Expression", "100 * failed / asked"
    )
    assert found(alarm_shares.RULES, tmp_path, percent) == []
    all_of_them = changed(SOUND, "Errors.Threshold", 1)
    operator = changed(all_of_them, "Errors.ComparisonOperator", "GreaterThanOrEqualToThreshold")
    assert found(alarm_shares.RULES, tmp_path, operator) == []


def test_a_percentile_of_errors_is_a_share_too(tmp_path: Path) -> None:
    percentile = changed(changed(SOUND, "Errors.Threshold", 5), "Errors.Statistic", "p99")
    assert found(alarm_shares.RULES, tmp_path, percentile) == [_RULE]


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path in (
            "Errors.Threshold",
            "Share.Metrics",
            "Share.Metrics[0].MetricStat",
            "Share.Metrics[2].Expression",
        ):
            found(alarm_shares.RULES, tmp_path, changed(SOUND, path, odd))
