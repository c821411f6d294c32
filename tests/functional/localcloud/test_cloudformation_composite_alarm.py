from __future__ import annotations

from typing import Any

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.templates import Resources, stack
from tests.functional.localcloud.workbench import until


def alarms(operator: str) -> Resources:
    def alarm(name: str) -> dict[str, Any]:
        return {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "Namespace": "Tidewatch",
                "MetricName": "data_monitor_critical",
                "Dimensions": [{"Name": "Model", "Value": name}],
                "Statistic": "Maximum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "ignore",
            },
        }

    parts = [
        {"Fn::Join": ["", ['ALARM("', {"Fn::GetAtt": [name, "Arn"]}, '")']]}
        for name in ("One", "Other")
    ]
    rule = {"Fn::Join": [f" {operator} ", parts]}
    return {
        "One": alarm("one"),
        "Other": alarm("other"),
        "Whole": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": rule}},
    }


def test_a_composite_follows_its_alarms_is_changed_in_place_and_deleted(cloud: LocalCloud) -> None:
    client = cloud.session().client("cloudwatch")

    def whole(name: str, key: str) -> str:
        found = client.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
        return next((str(item[key]) for item in found["CompositeAlarms"]), "")

    with stack(cloud, "Whole", "Whole.Arn") as made:
        first = made.deploy(alarms("OR"))
        name = first["Whole"]
        assert first["Whole.Arn"].endswith(f":alarm:{name}")
        client.put_metric_data(
            Namespace="Tidewatch",
            MetricData=[
                {
                    "MetricName": "data_monitor_critical",
                    "Dimensions": [{"Name": "Model", "Value": "one"}],
                    "Value": 1,
                }
            ],
        )
        assert until(lambda: whole(name, "StateValue") == "ALARM")
        assert made.deploy(alarms("AND")) == first
        assert ") AND ALARM(" in whole(name, "AlarmRule")
    assert whole(name, "AlarmRule") == ""
