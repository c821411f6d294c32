"""The secret that holds PagerDuty's routing key."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

_ROUTING_KEY_LENGTH = 32


class PagerDutyKey(secretsmanager.Secret):
    """A placeholder that you replace by your integration's key.

    Prometheus reads it whenever it pages; a deployment hands it to EventBridge (see
    `PagerDutyDestination`).
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key: kms.IKey, protected: bool
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description="PagerDuty Events API v2 routing key; put your own in `routing_key`",
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.RETAIN if protected else cdk.RemovalPolicy.DESTROY,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106 - an empty object, not a secret
                generate_string_key="routing_key",
                password_length=_ROUTING_KEY_LENGTH,
                exclude_punctuation=True,
            ),
        )
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("aps.amazonaws.com")],
                actions=["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
                resources=["*"],  # In a secret's policy, `*` is this secret.
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            )
        )
