"""Variants are scaled once they are there, and let go before they change."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.endpoint_states import scaling_call
from stacks.constructs.job_machine import JobMachine
from tidewatch.core.config.endpoint import Scaling

_SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
_ROLE = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"


class VariantScaling(Construct):
    """Two states, each over a list of variants: `release` for `$.unscale`, `apply` for `$.scale`.

    CloudFormation cannot own scalable targets: it would register variants of an endpoint that it
    does not own, and that is not there before the first release.
    """

    def __init__(self, scope: Construct, construct_id: str, *, scaling: Scaling | None) -> None:
        super().__init__(scope, construct_id)
        self._scaling = scaling
        self.release = self._each("Let variants go from scaling", "$.unscale", self._deregister())
        self.apply = (
            self._each("Scale variants", "$.scale", self._register(scaling)) if scaling else None
        )

    def allow(self, machine: JobMachine, endpoint: str) -> None:
        """Let `machine` do what these states ask for."""
        stack = cdk.Stack.of(self)
        actions = ["DeregisterScalableTarget"]
        if self._scaling:
            actions += ["RegisterScalableTarget", "PutScalingPolicy"]
        machine.add_to_role_policy(
            iam.PolicyStatement(
                actions=[f"application-autoscaling:{action}" for action in actions],
                resources=[
                    stack.format_arn(
                        service="application-autoscaling",
                        resource="scalable-target",
                        resource_name="*",
                    )
                ],
                conditions={
                    "StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}
                },
            )
        )
        if self._scaling:
            self._allow_first_use(machine, endpoint)

    def _allow_first_use(self, machine: JobMachine, endpoint: str) -> None:
        """Registering looks at the endpoint, and makes an account's service-linked role."""
        stack = cdk.Stack.of(self)
        role = f"aws-service-role/{_SERVICE}/{_ROLE}"
        for actions, resource, conditions in (
            (
                ["sagemaker:UpdateEndpointWeightsAndCapacities"],
                stack.format_arn(service="sagemaker", resource="endpoint", resource_name=endpoint),
                None,
            ),
            (
                ["iam:CreateServiceLinkedRole"],
                stack.format_arn(service="iam", region="", resource="role", resource_name=role),
                {"StringEquals": {"iam:AWSServiceName": _SERVICE}},
            ),
            # Target tracking keeps alarms of this name.
            (
                [f"cloudwatch:{verb}" for verb in ("PutMetricAlarm", "DeleteAlarms")],
                stack.format_arn(
                    service="cloudwatch",
                    resource="alarm",
                    resource_name=f"TargetTracking-endpoint/{endpoint}/*",
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                ),
                None,
            ),
        ):
            machine.add_to_role_policy(
                iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions)
            )

    def _each(self, title: str, items: str, chain: sfn.IChainable) -> sfn.Map:
        each = sfn.Map(self, title, items_path=items, result_path=sfn.JsonPath.DISCARD)
        each.item_processor(chain)
        return each

    def _deregister(self) -> sfn.IChainable:
        state = scaling_call(self, "deregisterScalableTarget", "Let variant go", {})
        # Nothing scaled it: so much the better.
        return state.add_catch(
            sfn.Pass(self, "Was not scaled"),
            errors=["ApplicationAutoScaling.ObjectNotFoundException"],
        )

    def _register(self, scaling: Scaling) -> sfn.IChainable:
        register = scaling_call(
            self,
            "registerScalableTarget",
            "Register variant",
            {"MinCapacity": scaling.min, "MaxCapacity": scaling.max},
        )
        return register.next(
            scaling_call(
                self,
                "putScalingPolicy",
                "Track invocations",
                {
                    "PolicyName": "invocations",
                    "PolicyType": "TargetTrackingScaling",
                    "TargetTrackingScalingPolicyConfiguration": _tracking(scaling),
                },
            )
        )


def _tracking(scaling: Scaling) -> asl.Json:
    return {
        "TargetValue": scaling.invocations_per_minute,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
        "ScaleInCooldown": int(scaling.scale_in_after.total_seconds()),
        "ScaleOutCooldown": int(scaling.scale_out_after.total_seconds()),
    }
