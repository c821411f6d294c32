"""Where the platform runs: a VPC of its own, or one that you run."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.flow_log import FlowLog
from stacks.constructs.log_retention import log_retention
from stacks.constructs.private_network import PrivateNetwork
from stacks.constructs.service_endpoints import HISTORY, SERVICES, ServiceEndpoints
from tidewatch.core.config import StageConfig
from tidewatch.core.config.foundation import ExistingNetwork, NewNetwork


class Network(cdk.Stack):
    """The stage's network; `private` is what runs in it needs. A NAT gateway there is none."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        network: NewNetwork | ExistingNetwork,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        if isinstance(network, ExistingNetwork):
            vpc, subnets = self._existing(network)
            self.private = self._private(vpc, subnets, stage)
            return
        own = self._new(network)
        self.private = self._private(own, tuple(own.isolated_subnets), stage)
        self._endpoints(own, stage)
        FlowLog(self, "FlowLog", vpc=own, key=key, retention=log_retention(stage))

    @property
    def availability_zones(self) -> list[str]:
        """The region's first three, as it names them: synthesis looks nothing up."""
        return [cdk.Fn.select(number, cdk.Fn.get_azs()) for number in range(3)]

    def _new(self, network: NewNetwork) -> ec2.Vpc:
        return ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(network.cidr),
            max_azs=network.zones,
            nat_gateways=0,
            create_internet_gateway=False,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
            ],
        )

    def _existing(self, network: ExistingNetwork) -> tuple[ec2.IVpc, tuple[ec2.ISubnet, ...]]:
        # Subnets are given by id, and nothing here asks which zone each is in.
        zones = [f"zone-{number}" for number, _ in enumerate(network.subnet_ids)]
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=network.vpc_id,
            availability_zones=zones,
            isolated_subnet_ids=network.subnet_ids,
        )
        return vpc, tuple(vpc.isolated_subnets)

    def _private(
        self, vpc: ec2.IVpc, subnets: tuple[ec2.ISubnet, ...], stage: StageConfig
    ) -> PrivateNetwork:
        workloads = self._group(vpc, "Workloads", "Jobs, models and functions of the platform")
        # OpenSearch is in the network, and Grafana reaches public addresses only unless it is too.
        # From then on it reaches nothing but what the network reaches.
        dashboards = (
            self._group(vpc, "Dashboards", "Grafana, to its data sources")
            if stage.observability.dashboards_read("opensearch")
            else None
        )
        return PrivateNetwork(vpc, subnets, workloads, dashboards)

    def _endpoints(self, vpc: ec2.Vpc, stage: StageConfig) -> None:
        services, callers = SERVICES, [self.private.group]
        if self.private.dashboards is not None:
            callers.append(self.private.dashboards)
            if stage.observability.dashboards_read("athena"):
                services = {**SERVICES, **HISTORY}
        ServiceEndpoints(self, "Endpoints", vpc=vpc, services=services, callers=callers)

    def _group(self, vpc: ec2.IVpc, construct_id: str, description: str) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self, construct_id, vpc=vpc, description=description, allow_all_outbound=False
        )
        # The subnets' routes are what bounds this: they lead to the VPC and to S3's gateway, whose
        # addresses have no name that a template could give.
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "Services, over TLS")
        return group
