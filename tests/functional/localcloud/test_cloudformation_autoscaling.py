from __future__ import annotations

from typing import Any

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.templates import Resources, stack

RESOURCE = "endpoint/flights-test/variant/champion"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def scaling(capacity: str, target: float) -> Resources:
    return {
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {
                "ServiceNamespace": "sagemaker",
                "ResourceId": RESOURCE,
                "ScalableDimension": DIMENSION,
                "MinCapacity": 1,
                "MaxCapacity": capacity,
            },
        },
        "Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "PolicyName": "invocations",
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": target,
                    "PredefinedMetricSpecification": {
                        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                    },
                },
            },
        },
    }


def test_a_target_and_its_policy_are_made_changed_in_place_and_deleted(cloud: LocalCloud) -> None:
    client = cloud.session().client("application-autoscaling")

    def policies() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.describe_scaling_policies(
            ServiceNamespace="sagemaker", ResourceId=RESOURCE
        )["ScalingPolicies"]
        return found

    with stack(cloud, "Target", "Policy") as made:
        first = made.deploy(scaling("2", 70))
        assert first["Target"] == f"{RESOURCE}|{DIMENSION}|sagemaker"
        assert made.deploy(scaling("4", 50)) == first
        target = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"][
            0
        ]
        assert target["MaxCapacity"] == 4
        configuration = policies()[0]["TargetTrackingScalingPolicyConfiguration"]
        assert configuration["TargetValue"] == 50
    assert not policies()
