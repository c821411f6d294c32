"""A Lambda function of the platform: one code package for all, one handler each."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.lambda_package import lambda_package


class PlatformFunction(lambda_.Function):
    """Runs `lambdas/<unit>/handler.py` with its own role, log group and environment."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        unit: str,
        environment: dict[str, str],
        log_retention: logs.RetentionDays,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.X86_64,
            handler=f"lambdas.{unit}.handler.handler",
            code=lambda_.Code.from_asset(str(lambda_package(scope))),
            environment=environment,
            memory_size=256,
            timeout=cdk.Duration.seconds(30),
            log_group=logs.LogGroup(
                scope,
                f"{construct_id}Log",
                retention=log_retention,
                removal_policy=cdk.RemovalPolicy.DESTROY,
            ),
        )
