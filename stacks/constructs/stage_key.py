"""The stage's encryption key, open to the services that deliver what it encrypts."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

# Each publishes to an encrypted topic, or reads an encrypted secret, on our behalf.
_SERVICES = ("cloudwatch.amazonaws.com", "events.amazonaws.com", "aps.amazonaws.com")


class StageKey(kms.Key):
    """One customer-managed key a stage, rotated every year."""

    def __init__(self, scope: Construct, construct_id: str, *, protected: bool) -> None:
        super().__init__(
            scope,
            construct_id,
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN if protected else cdk.RemovalPolicy.DESTROY,
        )
        for service in _SERVICES:
            self.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                    resources=["*"],  # In a key's policy, `*` is this key.
                    conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
                )
            )
