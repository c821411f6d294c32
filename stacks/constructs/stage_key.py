"""The stage's encryption key, open to the services that deliver what it encrypts."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

_DELIVERING = (
    "cloudwatch.amazonaws.com",  # alarms, to topics
    "aps.amazonaws.com",  # alerts, to topics; PagerDuty's key, from its secret
    "budgets.amazonaws.com",  # notifications, to topics
)
"""Each writes into, or reads from, what is encrypted, on our behalf and in nobody's role."""


class StageKey(kms.Key):
    """One customer-managed key a stage, rotated every year."""

    def __init__(self, scope: Construct, construct_id: str, *, protected: bool) -> None:
        super().__init__(
            scope,
            construct_id,
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN if protected else cdk.RemovalPolicy.DESTROY,
        )
        for service in _DELIVERING:
            self.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(service)],
                    actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                    resources=["*"],  # In a key's policy, `*` is this key.
                    conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
                )
            )
        self._open_to_logs()

    def _open_to_logs(self) -> None:
        """CloudWatch Logs names the group that it encrypts, and no source account."""
        stack = cdk.Stack.of(self)
        groups = stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name="*",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.{stack.url_suffix}")],
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:DescribeKey",
                ],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )
