"""Where jobs, models, functions and dashboards run when a stage has a network."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2


@dataclass(frozen=True)
class PrivateNetwork:
    """Subnets without a way out, and the security groups of what runs in them."""

    vpc: ec2.IVpc
    subnets: tuple[ec2.ISubnet, ...]
    group: ec2.ISecurityGroup
    """Of jobs, models and functions."""
    dashboards: ec2.ISecurityGroup | None = None
    """Of the Grafana workspace, where it has to be in the network for what it reads."""

    @property
    def request(self) -> dict[str, list[str]]:
        """The `VpcConfig` of a SageMaker request."""
        return {
            "SecurityGroupIds": [self.group.security_group_id],
            "Subnets": [subnet.subnet_id for subnet in self.subnets],
        }

    @property
    def selection(self) -> ec2.SubnetSelection:
        """The subnets, as a Lambda function takes them."""
        return ec2.SubnetSelection(subnets=list(self.subnets))
