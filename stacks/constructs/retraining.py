"""Retraining: a critical verdict starts a training run on newer data."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.machine_alarms import UndeliveredAlarm
from stacks.constructs.platform import Platform
from stacks.constructs.platform_function import PlatformFunction
from stacks.constructs.undelivered import Undelivered
from tidewatch.core.config import ModelConfig


class Retraining(Construct):
    """The rule on verdicts, and the function that decides whether to train."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        training: sfn.IStateMachine,
    ) -> None:
        super().__init__(scope, construct_id)
        undelivered = Undelivered(self, "Undelivered")
        UndeliveredAlarm(
            self,
            "UndeliveredAlarm",
            queue=undelivered,
            topics=platform.topics,
            runbook="EventsUndelivered",
        )
        function = PlatformFunction(
            self,
            "Decide",
            unit="retraining",
            environment={
                "MODEL_PACKAGE_GROUP": model.name,
                "TRAINING_MACHINE_ARN": training.state_machine_arn,
                "MIN_NEW_DATA_SECONDS": str(model.retraining.min_new_data.total_seconds()),
            },
            log_retention=platform.log_retention,
            network=platform.network,
            undelivered=undelivered,
        )
        training.grant_start_execution(function)
        training.grant(function, "states:ListExecutions")
        self._allow_looking_at_versions(function, model.name)
        events.Rule(
            self,
            "CriticalVerdict",
            description=f"Consider retraining {model.name} when a monitor says critical",
            enabled=model.retraining.enabled,
            event_pattern=events.EventPattern(
                source=["tidewatch.data_monitor", "tidewatch.model_monitor"],
                detail_type=["Tidewatch Verdict"],
                detail={"model": [model.name], "verdict": ["critical"]},
            ),
            targets=[
                targets.LambdaFunction(
                    function,
                    dead_letter_queue=undelivered,
                    retry_attempts=3,
                )
            ],
        )

    def _allow_looking_at_versions(self, function: PlatformFunction, model: str) -> None:
        stack = cdk.Stack.of(self)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage"],
                resources=[
                    stack.format_arn(
                        service="sagemaker", resource="model-package", resource_name=f"{model}/*"
                    )
                ],
            )
        )
