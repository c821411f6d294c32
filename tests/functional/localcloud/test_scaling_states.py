"""The states that scale variants, as the stacks make them, run against Application Auto Scaling."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from localcloud.cloud import LocalCloud
from stacks.constructs.variant_scaling import VariantScaling
from tests.functional.localcloud.roles import allow
from tests.functional.localcloud.test_stepfunctions import ended, start
from tests.functional.localcloud.workbench import unique
from tidewatch.core.config.endpoint import Scaling

SCALING = Scaling(min=1, max=4, invocations_per_minute=600)
TARGETS = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/*"
VERBS = ("RegisterScalableTarget", "PutScalingPolicy", "DeregisterScalableTarget")
MAY_SCALE = allow(
    [f"application-autoscaling:{verb}" for verb in VERBS],
    TARGETS,
    Condition={"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}},
)


def definition(choose: str) -> dict[str, Any]:
    """The Map state that releases variants from scaling, or that applies it, and its end."""
    stack = cdk.Stack()
    scaling = VariantScaling(stack, "Scaling", scaling=SCALING)
    state = scaling.release if choose == "release" else scaling.apply
    assert state is not None
    graph = sfn.StateGraph(state, choose)
    found: dict[str, Any] = stack.resolve(graph.to_graph_json())["States"]
    states: dict[str, Any] = in_partition(found)
    return states


def in_partition(value: Any) -> Any:
    """`value` with the partition filled in that CloudFormation would fill in."""
    if isinstance(value, dict):
        if "Fn::Join" in value:
            return "".join(
                part if isinstance(part, str) else "aws" for part in value["Fn::Join"][1]
            )
        return {key: in_partition(item) for key, item in value.items()}
    return [in_partition(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def resource() -> str:
    return f"endpoint/{unique('scaled')}/variant/champion"


def targets(cloud: LocalCloud, resource: str) -> list[dict[str, Any]]:
    client = cloud.session().client("application-autoscaling")
    found: list[dict[str, Any]] = client.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource]
    )["ScalableTargets"]
    return found


def run(cloud: LocalCloud, choose: str, resource: str, *policy: Any) -> dict[str, Any]:
    given = [{"resource_id": resource}]
    execution = start(
        cloud, definition(choose), {"scale": given, "unscale": given}, *(policy or (MAY_SCALE,))
    )
    return ended(cloud, execution)


def test_variants_are_scaled_between_the_limits_and_let_go_again(
    cloud: LocalCloud, resource: str
) -> None:
    assert run(cloud, "apply", resource)["status"] == "SUCCEEDED"
    (target,) = targets(cloud, resource)
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    policies = (
        cloud.session()
        .client("application-autoscaling")
        .describe_scaling_policies(ServiceNamespace="sagemaker", ResourceId=resource)[
            "ScalingPolicies"
        ]
    )
    configuration = policies[0]["TargetTrackingScalingPolicyConfiguration"]
    assert configuration["TargetValue"] == 600
    assert run(cloud, "release", resource)["status"] == "SUCCEEDED"
    assert targets(cloud, resource) == []


def test_a_variant_that_was_not_scaled_is_let_go_as_well(cloud: LocalCloud, resource: str) -> None:
    assert run(cloud, "release", resource)["status"] == "SUCCEEDED"


def test_a_machine_without_the_right_may_not_scale(cloud: LocalCloud, resource: str) -> None:
    found = run(
        cloud, "apply", resource, allow("application-autoscaling:PutScalingPolicy", TARGETS)
    )
    assert found["status"] == "FAILED"
    assert "application-autoscaling:RegisterScalableTarget" in found["cause"]
    assert targets(cloud, resource) == []
