"""What is named elsewhere: fields of events, alarms, and those that take releases back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate.semantic import alarm_references, endpoint_rollback, event_paths
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (*alarm_references.RULES, *endpoint_rollback.RULES, *event_paths.RULES)
ALARM_ARN = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:slow"
SOUND: Resources = {
    "Approved": resource(
        "AWS::Events::Rule",
        EventPattern={
            "source": ["aws.sagemaker"],
            "detail-type": ["SageMaker Model Package State Change"],
            "detail": {"ModelApprovalStatus": ["Approved"], "SomethingNew": [1]},
        },
        Targets=[
            {
                "Id": "1",
                "Arn": "arn:aws:sqs:eu-west-1:111111111111:queue",
                "InputTransformer": {
                    "InputPathsMap": {"arn": "$.detail.ModelPackageArn", "of": "$.resources[0]"},
                    "InputTemplate": '{"arn": <arn>, "of": <of>}',
                },
            }
        ],
    ),
    "Ours": resource(
        "AWS::Events::Rule",
        EventPattern={"source": ["shop"], "detail": {"modelpackagearn": ["x"]}},
        Targets=[{"Id": "1", "Arn": "arn", "InputPath": "$.detail.modelpackagearn"}],
    ),
    "Slow": resource(
        "AWS::CloudWatch::Alarm",
        AlarmName="slow",
        Namespace="AWS/SageMaker",
        MetricName="ModelLatency",
        TreatMissingData="notBreaching",
        Dimensions=[
            {"Name": "EndpointName", "Value": "flights"},
            {"Name": "VariantName", "Value": "champion"},
        ],
    ),
    "Alive": resource(
        "AWS::CloudWatch::Alarm",
        AlarmName="alive",
        Namespace="Canary",
        MetricName="answered",
        TreatMissingData="breaching",
    ),
    "Endpoint": resource(
        "AWS::SageMaker::Endpoint",
        DeploymentConfig={
            "AutoRollbackConfiguration": {
                "Alarms": [{"AlarmName": {"Ref": "Slow"}}, {"AlarmName": {"Ref": "Alive"}}]
            },
            "BlueGreenUpdatePolicy": {
                "MaximumExecutionTimeoutInSeconds": 1800,
                "TerminationWaitInSeconds": 300,
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 300,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
                },
            },
        },
    ),
    "Group": resource(
        "AWS::CodeDeploy::DeploymentGroup",
        AlarmConfiguration={"Alarms": [{"Name": {"Ref": "Slow"}}]},
    ),
}
TARGET = "Approved.Targets[0]"
PATHS = f"{TARGET}.InputTransformer.InputPathsMap"
DEPLOYMENT = "Endpoint.DeploymentConfig"
POLICY = f"{DEPLOYMENT}.BlueGreenUpdatePolicy"
LINEAR = {
    "Type": "LINEAR",
    "WaitIntervalInSeconds": 300,
    "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 20},
}
ROLLING = {
    "MaximumExecutionTimeoutInSeconds": 600,
    "WaitIntervalInSeconds": 300,
    "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 25},
}

FAULTS: list[tuple[str, Any, str]] = [
    (f"{PATHS}.arn", "$.detail.modelPackageArn", "semantic.event-field"),
    (f"{PATHS}.arn", "$.detail.ModelPackageARN", "semantic.event-field"),
    (f"{PATHS}.of", "$.resource[0]", "semantic.event-field"),
    (f"{TARGET}.InputPath", "$.details", "semantic.event-field"),
    ("Approved.EventPattern.detail", {"modelApprovalStatus": ["Approved"]}, "semantic.event-field"),
    (f"{DEPLOYMENT}.AutoRollbackConfiguration.Alarms[0].AlarmName", ALARM_ARN,
     "semantic.alarm-name"),
    ("Group.AlarmConfiguration.Alarms[0].Name", {"Fn::GetAtt": ["Slow", "Arn"]},
     "semantic.alarm-name"),
    ("Slow.TreatMissingData", "breaching", "semantic.rollback-silence"),
    (f"{POLICY}.MaximumExecutionTimeoutInSeconds", 600, "semantic.deployment-time"),
    (f"{POLICY}.TerminationWaitInSeconds", 1800, "semantic.deployment-time"),
    (f"{POLICY}.TrafficRoutingConfiguration", LINEAR, "semantic.deployment-time"),
    (f"{DEPLOYMENT}.RollingUpdatePolicy", ROLLING, "semantic.deployment-time"),
]  # fmt: skip


def test_sound_references_have_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(("path", "value", "rule"), FAULTS)
def test_a_fault_in_a_reference_is_found(path: str, value: Any, rule: str, tmp_path: Path) -> None:
    assert found(RULES, tmp_path, changed(SOUND, path, value)) == [rule]


def test_nobody_says_what_an_unknown_time_is_enough_for(tmp_path: Path) -> None:
    unlimited = changed(SOUND, f"{POLICY}.MaximumExecutionTimeoutInSeconds", GONE)
    assert found(RULES, tmp_path, unlimited) == []


def test_an_alarm_in_a_machine_is_named_by_its_name(tmp_path: Path) -> None:
    def machine(alarm: object) -> dict[str, Any]:
        alarms = {"Alarms": [{"AlarmName": alarm}]}
        config = {"DeploymentConfig": {"AutoRollbackConfiguration": alarms}}
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:updateEndpoint",
            "Parameters": {"EndpointName": "flights", **config},
            "End": True,
        }
        written = json.dumps({"StartAt": "Update", "States": {"Update": state}})
        return resource("AWS::StepFunctions::StateMachine", DefinitionString=written)

    assert found(RULES, tmp_path, {**SOUND, "Machine": machine("slow")}) == []
    told = found(RULES, tmp_path, {**SOUND, "Machine": machine(ALARM_ARN)})
    assert told == ["semantic.alarm-name"]


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path, _, _ in FAULTS:
            found(RULES, tmp_path, changed(SOUND, path, odd))
