"""Alarms: evaluable, in the right unit and direction, heard, and on metrics that are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gate.semantic import alarm_actions, alarm_evaluation, alarm_meaning, watched_metrics
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (
    *alarm_evaluation.RULES,
    *alarm_meaning.RULES,
    *alarm_actions.RULES,
    *watched_metrics.RULES,
)


def alarm(**properties: Any) -> dict[str, Any]:
    return resource(
        "AWS::CloudWatch::Alarm",
        **{
            "AlarmActions": [{"Ref": "Topic"}],
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 3,
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
            **properties,
        },
    )


def metric(namespace: str, name: str, statistic: str, **dimensions: Any) -> dict[str, Any]:
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Statistic": statistic,
        "Period": 60,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }


SOUND: Resources = {
    "Topic": resource("AWS::SNS::Topic"),
    "Queue": resource("AWS::SQS::Queue", QueueName="orders-undelivered"),
    "Config": resource(
        "AWS::SageMaker::EndpointConfig", ProductionVariants=[{"VariantName": "champion"}]
    ),
    "Endpoint": resource(
        "AWS::SageMaker::Endpoint",
        EndpointName="flights",
        EndpointConfigName={"Fn::GetAtt": ["Config", "EndpointConfigName"]},
    ),
    "Latency": alarm(
        **metric(
            "AWS/SageMaker",
            "ModelLatency",
            "Average",
            EndpointName={"Fn::GetAtt": ["Endpoint", "EndpointName"]},
            VariantName="champion",
        )
        | {"Threshold": 500_000}
    ),
    "Depth": alarm(
        **metric(
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "Maximum",
            QueueName={"Fn::GetAtt": ["Queue", "QueueName"]},
        )
    ),
    "Heartbeat": alarm(
        **metric("Shop", "job_heartbeat", "SampleCount")
        | {"ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching"}
    ),
    "Share": alarm(
        Metrics=[
            {
                "Id": "errors",
                "ReturnData": False,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SageMaker",
                        "MetricName": "Invocation5XXErrors",
                        "Dimensions": [
                            {"Name": "EndpointName", "Value": "flights"},
                            {"Name": "VariantName", "Value": "champion"},
                        ],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            },
            {"Id": "share", "Expression": "IF(errors > 5, errors, 0)", "Label": "errors"},
        ],
    ),
    "Usual": alarm(
        ComparisonOperator="GreaterThanUpperThreshold",
        ThresholdMetricId="band",
        Threshold={"Ref": "AWS::NoValue"},
        Metrics=[
            {
                "Id": "seen",
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Duration"},
                    "Period": 300,
                    "Stat": "p99",
                },
            },
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(seen, 2)"},
        ],
    ),
    "Both": resource(
        "AWS::CloudWatch::CompositeAlarm",
        AlarmRule={"Fn::Sub": 'ALARM("${Depth}") AND NOT (ALARM(${Share}) OR FALSE)'},
        AlarmActions=[{"Ref": "Topic"}],
    ),
    "Filter": resource(
        "AWS::Logs::MetricFilter",
        MetricTransformations=[
            {"MetricNamespace": "Shop", "MetricName": "job_heartbeat", "MetricValue": "1"}
        ],
    ),
}

FAULTS = [
    ("Latency.DatapointsToAlarm", 4, "semantic.alarm-period"),
    ("Latency.Period", 45, "semantic.alarm-period"),
    ("Latency.Period", 10, "semantic.alarm-period"),
    ("Latency.EvaluationPeriods", 1500, "semantic.alarm-period"),
    ("Latency.Statistic", "Mean", "semantic.alarm-statistic"),
    ("Latency.ExtendedStatistic", "p99", "semantic.alarm-statistic"),
    ("Latency.Threshold", GONE, "semantic.alarm-threshold"),
    ("Usual.ThresholdMetricId", "bend", "semantic.alarm-threshold"),
    ("Share.Metrics[1].Expression", "faults / 2", "semantic.alarm-expression"),
    ("Share.Metrics[0].ReturnData", True, "semantic.alarm-expression"),
    ("Latency.Threshold", 500, "semantic.latency"),
    ("Latency.Threshold", 500_000_000, "semantic.latency"),
    ("Latency.Statistic", "Sum", "semantic.latency"),
    ("Depth.MetricName", "ApproximateNumberOfMessagesVisibl", "semantic.metric-unpublished"),
    ("Latency.ComparisonOperator", "LessThanThreshold", "semantic.alarm-direction"),
    ("Depth.Threshold", -1, "semantic.alarm-vain"),
    ("Heartbeat.TreatMissingData", "notBreaching", "semantic.dead-man"),
    ("Heartbeat.TreatMissingData", GONE, "semantic.dead-man"),
    ("Latency.AlarmActions", GONE, "semantic.alarm-silent"),
    ("Latency.ActionsEnabled", False, "semantic.alarm-silent"),
    ("Both.AlarmRule", "ALARM(Depth) AND", "semantic.composite-rule"),
    ("Both.AlarmRule", "ALARM(nobody)", "semantic.composite-alarm"),
    ("Latency.Dimensions[1].Value", "challenger", "semantic.metric-resource"),
    ("Latency.Dimensions[1].Name", "Variant", "semantic.metric-unpublished"),
    ("Depth.Dimensions[0].Value", "orders-undeliverd", "semantic.metric-resource"),
    ("Depth.Dimensions[0].Value", {"Ref": "Topic"}, "semantic.metric-resource"),
    ("Depth.Namespace", "AWS/sqs", "semantic.metric-unpublished"),
    ("Heartbeat.MetricName", "job_heartbeats", "semantic.metric-unpublished"),
    ("Heartbeat.Namespace", "Shopp", "semantic.metric-unpublished"),
]  # fmt: skip


def test_sound_alarms_have_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(("path", "value", "rule"), FAULTS)
def test_a_fault_in_an_alarm_is_found(path: str, value: Any, rule: str, tmp_path: Path) -> None:
    assert rule in found(RULES, tmp_path, changed(SOUND, path, value))


def test_an_alarm_that_another_resource_decides_by_needs_no_action(tmp_path: Path) -> None:
    quiet = changed(SOUND, "Depth.AlarmActions", GONE)
    assert found(RULES, tmp_path, quiet) == []  # the composite has one


def test_a_role_that_may_put_metrics_is_a_publisher(tmp_path: Path) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "cloudwatch:PutMetricData",
        "Resource": "*",
        "Condition": {"StringEquals": {"cloudwatch:namespace": "Stock"}},
    }
    role = resource("AWS::IAM::Role", Policies=[{"PolicyDocument": {"Statement": [statement]}}])
    resources = {
        "Topic": SOUND["Topic"],
        "Low": alarm(**metric("Stock", "left", "Minimum")),
    }
    assert found(RULES, tmp_path, resources) == ["semantic.metric-unpublished"]
    assert found(RULES, tmp_path, {**resources, "Role": role}) == []


@pytest.mark.parametrize(
    ("name", "dimensions", "is_sound"),
    [
        ("data_monitor_mean_psi", {"Model": "m", "Version": "1", "Variant": "champion"}, True),
        ("data_monitor_critical", {"Model": "m"}, True),
        ("data_monitor_mean_psy", {"Model": "m", "Version": "1", "Variant": "champion"}, False),
        ("data_monitor_mean_psi", {"Model": "m"}, False),
    ],
)
def test_our_own_metrics_are_those_of_the_catalogue(
    name: str, dimensions: dict[str, str], is_sound: bool, tmp_path: Path
) -> None:
    resources = {
        "Topic": SOUND["Topic"],
        "Alarm": alarm(**metric("Tidewatch", name, "Maximum", **dimensions)),
    }
    assert (found(RULES, tmp_path, resources) == []) is is_sound


def test_a_detector_and_a_scaling_policy_look_at_published_metrics(tmp_path: Path) -> None:
    sent = {"Namespace": "AWS/SQS", "MetricName": "NumberOfMessagesSent"}
    orders = {**sent, "Dimensions": [{"Name": "QueueName", "Value": "orders"}]}
    resources = {
        "Detector": resource(
            "AWS::CloudWatch::AnomalyDetector", SingleMetricAnomalyDetector=orders
        ),
        "Policy": resource(
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            TargetTrackingScalingPolicyConfiguration={"CustomizedMetricSpecification": orders},
        ),
    }
    assert found(RULES, tmp_path, resources) == []
    for path in (
        "Detector.SingleMetricAnomalyDetector.MetricName",
        "Policy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.MetricName",
    ):
        misspelt = changed(resources, path, "NumberOfMessageSent")
        assert found(RULES, tmp_path, misspelt) == ["semantic.metric-unpublished"]


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path in ("Latency.Dimensions", "Share.Metrics", "Both.AlarmRule", "Latency.Period"):
            found(RULES, tmp_path, changed(SOUND, path, odd))
