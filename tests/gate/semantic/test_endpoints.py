"""Endpoints: their configurations, deployments and scaling."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gate.semantic import autoscaling, endpoint_config, endpoint_deployment, resource_requests
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (
    *endpoint_config.RULES,
    *endpoint_deployment.RULES,
    *autoscaling.RULES,
    *resource_requests.RULES,
)
ROLE = "arn:aws:iam::111111111111:role/model"


def variant(name: str) -> dict[str, Any]:
    return {
        "VariantName": name,
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 2,
        "InitialVariantWeight": 1,
    }


SOUND: Resources = {
    "Model": resource(
        "AWS::SageMaker::Model",
        ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": "111111111111.dkr.ecr.eu-west-1.amazonaws.com/serving:1"},
    ),
    "Config": resource(
        "AWS::SageMaker::EndpointConfig",
        ProductionVariants=[variant("champion"), variant("challenger")],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": "s3://bucket/capture",
            "KmsKeyId": "arn:aws:kms:eu-west-1:111111111111:key/1",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        },
    ),
    "Endpoint": resource(
        "AWS::SageMaker::Endpoint",
        EndpointName="flights",
        EndpointConfigName={"Fn::GetAtt": ["Config", "EndpointConfigName"]},
        DeploymentConfig={
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": {"Ref": "Errors"}}]},
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 600,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
                }
            },
        },
    ),
    "Errors": resource(
        "AWS::CloudWatch::Alarm",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Dimensions=[
            {"Name": "EndpointName", "Value": "flights"},
            {"Name": "VariantName", "Value": "champion"},
        ],
    ),
    "Other": resource(
        "AWS::CloudWatch::Alarm",
        AlarmName="other",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    ),
    "Target": resource(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        ServiceNamespace="sagemaker",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ResourceId="endpoint/flights/variant/champion",
        MinCapacity=2,
        MaxCapacity=4,
    ),
    "Policy": resource(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        PolicyName="requests",
        PolicyType="TargetTrackingScaling",
        ServiceNamespace="sagemaker",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ResourceId="endpoint/flights/variant/champion",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 100,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
    ),
}
TRACKING = "Policy.TargetTrackingScalingPolicyConfiguration"
DEPLOYMENT = "Endpoint.DeploymentConfig"
ROUTING = f"{DEPLOYMENT}.BlueGreenUpdatePolicy.TrafficRoutingConfiguration"
ALARMS = f"{DEPLOYMENT}.AutoRollbackConfiguration.Alarms"

FAULTS = [
    ("Config.ProductionVariants[1].VariantName", "champion", "semantic.variant-name"),
    ("Config.ProductionVariants[0].InitialVariantWeight", -1, "semantic.variant-weight"),
    ("Config.ProductionVariants[0].ModelName", GONE, "semantic.variant"),
    ("Config.ProductionVariants[0].InstanceType", GONE, "semantic.variant"),
    ("Config.ProductionVariants[0].InitialInstanceCount", GONE, "semantic.variant"),
    ("Config.ProductionVariants[0].InstanceType", "ml.m5.largest", "semantic.property"),
    ("Config.ProductionVariants[0].VariantName", "the champion", "semantic.property"),
    ("Config.ProductionVariants[0].InitialInstanceCount", 0, "semantic.property"),
    ("Config.ShadowProductionVariants", [variant("shadow")], "semantic.shadow"),
    ("Config.DataCaptureConfig", GONE, "semantic.capture"),
    ("Config.DataCaptureConfig.EnableCapture", False, "semantic.capture"),
    ("Config.DataCaptureConfig.KmsKeyId", GONE, "semantic.capture"),
    ("Config.DataCaptureConfig.InitialSamplingPercentage", 0, "semantic.capture"),
    ("Config.DataCaptureConfig.InitialSamplingPercentage", 101, "semantic.property"),
    ("Config.DataCaptureConfig.CaptureOptions[1].CaptureMode", "Input", "semantic.capture"),
    ("Config.DataCaptureConfig.CaptureOptions[1].CaptureMode", "Both", "semantic.property"),
    (f"{ROUTING}.CanarySize.Value", 60, "semantic.traffic"),
    (f"{ROUTING}.CanarySize", GONE, "semantic.traffic"),
    (f"{ROUTING}.Type", "ALL_AT_ONCE", "semantic.traffic"),
    (f"{ROUTING}.Type", "SLOW", "semantic.property"),
    (f"{ROUTING}.WaitIntervalInSeconds", 4000, "semantic.property"),
    (DEPLOYMENT, GONE, "semantic.rollback"),
    (ALARMS, [], "semantic.rollback"),
    (ALARMS, [{"AlarmName": f"a{number}"} for number in range(11)], "semantic.rollback"),
    (f"{ALARMS}[0].AlarmName", "nobody", "semantic.rollback-alarm"),
    (f"{ALARMS}[0].AlarmName", "other", "semantic.rollback-alarm"),
    ("Errors.Dimensions[0].Value", "other-endpoint", "semantic.rollback-alarm"),
    ("Target.MinCapacity", 5, "semantic.scaling-bounds"),
    ("Target.ResourceId", "endpoint/flights/variant/champ", "semantic.scaling-target"),
    ("Target.ResourceId", "flights", "semantic.scaling-target"),
    (
        f"{TRACKING}.PredefinedMetricSpecification.PredefinedMetricType",
        "ECSServiceAverageCPUUtilization",
        "semantic.scaling-metric",
    ),
    ("Model.PrimaryContainer", GONE, "semantic.model"),
    ("Model.PrimaryContainer.Image", GONE, "semantic.model"),
    ("Model.Containers", [{"Image": "a"}, {"Image": "b"}], "semantic.model"),
    ("Model.ExecutionRoleArn", "model", "semantic.property"),
]


def test_a_sound_endpoint_has_no_finding(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(("path", "value", "rule"), FAULTS)
def test_a_fault_in_an_endpoint_is_found(path: str, value: Any, rule: str, tmp_path: Path) -> None:
    assert rule in found(RULES, tmp_path, changed(SOUND, path, value))


def test_one_production_variant_may_have_one_shadow(tmp_path: Path) -> None:
    resources = deepcopy(SOUND)
    config = resources["Config"]["Properties"]
    config["ShadowProductionVariants"] = [config["ProductionVariants"].pop()]
    assert found(RULES, tmp_path, resources) == []


def test_other_resources_have_values_that_their_service_takes(tmp_path: Path) -> None:
    resources = {
        "Group": resource(
            "AWS::Athena::WorkGroup",
            Name="analysts",
            WorkGroupConfiguration={"BytesScannedCutoffPerQuery": 10_000_000},
        ),
        "Budget": resource(
            "AWS::Budgets::Budget", Budget={"BudgetType": "COST", "TimeUnit": "MONTHLY"}
        ),
    }
    assert found(RULES, tmp_path, resources) == []
    for path, value in (
        ("Group.WorkGroupConfiguration.BytesScannedCutoffPerQuery", 1),
        ("Budget.Budget.TimeUnit", "FORTNIGHTLY"),
    ):
        assert found(RULES, tmp_path, changed(resources, path, value)) == ["semantic.property"]


def test_weights_of_nothing_are_found(tmp_path: Path) -> None:
    resources = deepcopy(SOUND)
    for item in resources["Config"]["Properties"]["ProductionVariants"]:
        item["InitialVariantWeight"] = 0
    assert found(RULES, tmp_path, resources) == ["semantic.variant-weight"]


def test_a_pipeline_is_a_graph_of_its_own_steps(tmp_path: Path) -> None:
    steps: list[dict[str, Any]] = [
        {"Name": "A", "Type": "Wait"},
        {"Name": "B", "Type": "Wait", "DependsOn": ["A"]},
    ]
    pipeline = {
        "Pipeline": resource(
            "AWS::SageMaker::Pipeline",
            PipelineDefinition={"PipelineDefinitionBody": {"Fn::ToJsonString": {"Steps": steps}}},
        )
    }
    assert found(RULES, tmp_path, pipeline) == []
    steps[1]["DependsOn"] = ["C"]
    assert found(RULES, tmp_path, pipeline) == ["semantic.pipeline"]


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path in ("Config.ProductionVariants", DEPLOYMENT, ALARMS, "Model.PrimaryContainer"):
            found(RULES, tmp_path, changed(SOUND, path, odd))
