"""Where SageMaker's jobs and models run."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from stacks.constructs import state_language as asl
from stacks.constructs.platform import Platform

_ACTIONS = (
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
    "DescribeNetworkInterfaces",
    "DescribeVpcs",
    "DescribeDhcpOptions",
    "DescribeSubnets",
    "DescribeSecurityGroups",
)


def vpc_config(platform: Platform) -> asl.Json:
    """The request's field for the stage's network; nothing where it has none."""
    return {"VpcConfig": platform.network.request} if platform.network else {}


def may_join_network(role: iam.Role, platform: Platform) -> None:
    """SageMaker attaches a job or model to the network as its role."""
    if platform.network:
        # An interface has no name before it is made, and looking has no resource to name.
        role.add_to_policy(
            iam.PolicyStatement(actions=[f"ec2:{action}" for action in _ACTIONS], resources=["*"])
        )
