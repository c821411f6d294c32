"""A Lambda function of the platform: one code package for all, one handler each."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from stacks.constructs.lambda_package import lambda_package
from stacks.constructs.private_network import PrivateNetwork

_TIMEOUT = cdk.Duration.seconds(30)
_ATTEMPTS = 6


class PlatformFunction(lambda_.Function):
    """Runs `lambdas/<unit>/handler.py` with its own role, log group and environment.

    With a `network` it runs in that; `undelivered` keeps the events that it failed on.
    """

    def __init__(  # noqa: PLR0913 - what sets one function apart from another
        self,
        scope: Construct,
        construct_id: str,
        *,
        unit: str,
        environment: dict[str, str],
        log_retention: logs.RetentionDays,
        timeout: cdk.Duration = _TIMEOUT,
        network: PrivateNetwork | None = None,
        undelivered: sqs.IQueue | None = None,
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
            timeout=timeout,
            dead_letter_queue=undelivered,
            vpc=network.vpc if network else None,
            vpc_subnets=network.selection if network else None,
            security_groups=[network.group] if network else None,
            log_group=logs.LogGroup(
                scope,
                f"{construct_id}Log",
                retention=log_retention,
                removal_policy=cdk.RemovalPolicy.DESTROY,
            ),
        )

    def asked(
        self, scope: Construct, title: str, question: dict[str, object]
    ) -> tasks.LambdaInvoke:
        """A state that asks the function, and asks again where too many ask at once."""
        state = tasks.LambdaInvoke(
            scope,
            title,
            lambda_function=self,
            payload=sfn.TaskInput.from_object(question),
            payload_response_only=True,
        )
        # Ours are capped; the CDK's own retries are for faults of the service.
        state.add_retry(
            errors=["Lambda.TooManyRequestsException"],
            interval=cdk.Duration.seconds(2),
            max_attempts=_ATTEMPTS,
            backoff_rate=2,
        )
        return state
