"""Who reaches OpenSearch in a network."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.constructs.private_network import PrivateNetwork

_HTTPS = ec2.Port.tcp(443)


class SearchGroup(ec2.SecurityGroup):
    """Lets in the platform's functions, and Grafana where it is in the network; nobody else."""

    def __init__(
        self, scope: Construct, construct_id: str, *, private: PrivateNetwork, description: str
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            vpc=private.vpc,
            description=description,
            allow_all_outbound=False,
        )
        self.add_ingress_rule(private.group, _HTTPS, "Functions, over TLS")
        if private.dashboards is not None:
            self.add_ingress_rule(private.dashboards, _HTTPS, "Grafana, over TLS")
