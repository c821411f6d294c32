"""How versions of one model reach users: the release and rollback state machines."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.endpoint_rights import (
    may_change_endpoint,
    may_create_endpoint,
    may_create_models,
)
from stacks.constructs.job_machine import JobMachine
from stacks.constructs.job_network import may_join_network
from stacks.constructs.job_role import JobRole
from stacks.constructs.machine_alarms import MachineAlarms, UndeliveredAlarm, metric_period
from stacks.constructs.platform import Platform
from stacks.constructs.release import Release
from stacks.constructs.rollback import Rollback
from stacks.constructs.undelivered import Undelivered
from stacks.constructs.variant_alarms import VariantAlarms
from stacks.constructs.volume_encryption import may_encrypt_volumes
from tidewatch.core.config import ModelConfig

# Ten steps of an hour each at most, and two fleets that start and end.
_LONGEST_CHANGE = cdk.Duration.hours(12)


class Serving(cdk.Stack):
    """Approval of a model package starts its release; people start a rollback.

    A release's input is `{"package_arn": "<a version>"}`, a rollback's is `{}`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._model = model
        endpoint = platform.endpoint(model.name)
        role = self._serving_role(endpoint)
        log = self._endpoint_log(endpoint)
        alarms = VariantAlarms(
            self,
            "Alarms",
            endpoint=endpoint,
            model=model,
            rate=metric_period(model.monitoring.rate(platform.stage.monitoring_rate)),
        )
        release = Release(
            self,
            "Release",
            platform=platform,
            model=model,
            serving_role=role,
            rollback_alarms=alarms.all,
        )
        rollback = Rollback(self, "Rollback", platform=platform, model=model)
        self.machine = self._machine("Machine", release.chain)
        self.rollback_machine = self._machine("RollbackMachine", rollback.chain)
        # An endpoint that is there first has its group made by SageMaker.
        self.machine.node.add_dependency(log)
        release.allow(self.machine)
        rollback.allow(self.rollback_machine)
        may_create_models(self.machine, model.name, role)
        may_create_endpoint(self.machine, endpoint, model.name)
        for machine in (self.machine, self.rollback_machine):
            may_change_endpoint(machine, endpoint, model.name, platform.key, alarms.all)
        undelivered = Undelivered(self, "Undelivered")
        self._release_on_approval(model.name, undelivered)
        UndeliveredAlarm(
            self,
            "UndeliveredAlarm",
            queue=undelivered,
            topics=platform.topics,
            runbook="EventsUndelivered",
        )
        cdk.CfnOutput(self, "MachineArn", value=self.machine.state_machine_arn)
        cdk.CfnOutput(self, "RollbackMachineArn", value=self.rollback_machine.state_machine_arn)
        cdk.CfnOutput(self, "EndpointName", value=endpoint)

    def _serving_role(self, endpoint: str) -> JobRole:
        platform = self._platform
        role = JobRole(self, "Role", image=platform.images.serving, key=platform.key)
        role.may_read(platform.artifacts, f"{self._model.name}/models/")
        role.may_write(platform.capture, f"capture/{endpoint}/")
        role.may_put_metrics("/aws/sagemaker/Endpoints")
        may_encrypt_volumes(role, platform.key)
        may_join_network(role, platform)
        return role

    def _endpoint_log(self, endpoint: str) -> logs.LogGroup:
        """Where the containers' logs go, under the name that SageMaker gives the group.

        The one it makes itself keeps all for ever, under no key of ours.
        """
        return logs.LogGroup(
            self,
            "EndpointLog",
            log_group_name=f"/aws/sagemaker/Endpoints/{endpoint}",
            retention=self._platform.log_retention,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _machine(self, construct_id: str, chain: sfn.IChainable) -> JobMachine:
        machine = JobMachine(
            self,
            construct_id,
            chain=chain,
            timeout=_LONGEST_CHANGE,
            log_retention=self._platform.log_retention,
        )
        MachineAlarms(
            self,
            f"{construct_id}Alarms",
            machine=machine,
            topics=self._platform.topics,
            runbook="ReleaseFailed",
        )
        return machine

    def _release_on_approval(self, model: str, undelivered: Undelivered) -> None:
        events.Rule(
            self,
            "Approved",
            description=f"Release each approved version of {model}",
            event_pattern=events.EventPattern(
                source=["aws.sagemaker"],
                detail_type=["SageMaker Model Package State Change"],
                detail={
                    "ModelPackageGroupName": [model],
                    "ModelApprovalStatus": ["Approved"],
                },
            ),
            targets=[
                targets.SfnStateMachine(
                    self.machine,
                    input=events.RuleTargetInput.from_object(
                        {"package_arn": events.EventField.from_path("$.detail.ModelPackageArn")}
                    ),
                    role=self._starter(),
                    dead_letter_queue=undelivered,
                    retry_attempts=3,
                )
            ],
        )

    def _starter(self) -> iam.Role:
        """What EventBridge starts the machine as: CDK's own would be open to any account."""
        starter = iam.Role(
            self,
            "Starter",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            ),
        )
        self.machine.grant_start_execution(starter)
        return starter
