"""How versions of one model reach users: the release state machine and what starts it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.constructs.job_machine import JobMachine
from stacks.constructs.job_role import JobRole
from stacks.constructs.platform import Platform
from stacks.constructs.release import Release
from tidewatch.core.config import ModelConfig

_LONGEST_RELEASE = cdk.Duration.hours(2)


class Serving(cdk.Stack):
    """Approval of a model package starts its release."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        role = JobRole(self, "Role", image=platform.images.serving, key=platform.key)
        role.may_read(platform.artifacts, f"{model.name}/models/")
        role.may_write(platform.capture, f"capture/{platform.endpoint(model.name)}/")
        role.may_put_metrics("/aws/sagemaker/Endpoints")
        release = Release(self, "Release", platform=platform, model=model, serving_role=role)
        self.machine = JobMachine(
            self,
            "Machine",
            chain=release.chain,
            timeout=_LONGEST_RELEASE,
            log_retention=platform.log_retention,
        )
        self._allow_release(platform.endpoint(model.name), model.name)
        self.machine.may_pass([role])
        self._release_on_approval(model.name)
        cdk.CfnOutput(self, "MachineArn", value=self.machine.state_machine_arn)
        cdk.CfnOutput(self, "EndpointName", value=platform.endpoint(model.name))

    def _allow_release(self, endpoint: str, model: str) -> None:
        for actions, kind, name in (
            (["CreateModel"], "model", f"{model}-*"),
            (["CreateEndpointConfig"], "endpoint-config", f"{model}-*"),
            (["CreateEndpoint", "UpdateEndpoint", "DescribeEndpoint"], "endpoint", endpoint),
            (["CreateEndpoint", "UpdateEndpoint"], "endpoint-config", f"{model}-*"),
            (["AddTags"], "endpoint", endpoint),
        ):
            self.machine.add_to_role_policy(
                iam.PolicyStatement(
                    actions=[f"sagemaker:{action}" for action in actions],
                    resources=[
                        self.format_arn(service="sagemaker", resource=kind, resource_name=name)
                    ],
                )
            )

    def _release_on_approval(self, model: str) -> None:
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
                )
            ],
        )
