"""The services that the platform calls, reachable without leaving the VPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

_SERVICE = ec2.InterfaceVpcEndpointAwsService
Services = Mapping[str, ec2.IInterfaceVpcEndpointService]
SERVICES: Services = {
    "SageMakerApi": _SERVICE.SAGEMAKER_API,  # what is behind an endpoint; registration
    "Mlflow": _SERVICE.SAGEMAKER_EXPERIMENTS,  # tracking
    "EcrApi": _SERVICE.ECR,
    "EcrDocker": _SERVICE.ECR_DOCKER,
    "Logs": _SERVICE.CLOUDWATCH_LOGS,
    "Monitoring": _SERVICE.CLOUDWATCH_MONITORING,
    "Prometheus": _SERVICE.PROMETHEUS_WORKSPACES,
    "Events": _SERVICE.EVENTBRIDGE,  # verdicts
    "States": _SERVICE.STEP_FUNCTIONS,  # retraining
    "Kms": _SERVICE.KMS,
    "Sts": _SERVICE.STS,
}
"""Interface endpoints by construct id. S3 has a gateway, which costs nothing."""
HISTORY: Services = {"Athena": _SERVICE.ATHENA}
"""What dashboards in the network call besides, to read the history: one more endpoint that is paid
for by the hour in each zone. Athena itself calls Glue and S3, from outside of the network."""


class ServiceEndpoints(Construct):
    """One endpoint a service in every zone, open to the callers' security groups only."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.Vpc,
        services: Services,
        callers: Sequence[ec2.ISecurityGroup],
    ) -> None:
        super().__init__(scope, construct_id)
        self.s3 = vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        group = ec2.SecurityGroup(
            self,
            "Group",
            vpc=vpc,
            description="Endpoints of the services that the platform calls",
            allow_all_outbound=False,
        )
        for caller in callers:
            group.add_ingress_rule(caller, ec2.Port.tcp(443), "Calls of the platform")
        for name, service in services.items():
            ec2.InterfaceVpcEndpoint(
                self,
                name,
                vpc=vpc,
                service=service,
                security_groups=[group],
                open=False,
                private_dns_enabled=True,
            )
