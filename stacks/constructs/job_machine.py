"""A state machine that runs SageMaker jobs, with just the permissions that takes."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

# Step Functions learns of a job's end through a managed EventBridge rule of this name.
_RULES = {
    "processing-job": "StepFunctionsGetEventsForSageMakerProcessingJobsRule",
    "hyper-parameter-tuning-job": "StepFunctionsGetEventsForSageMakerTuningJobsRule",
}
_SPARK_RULE = "StepFunctionsGetEventsForEMRServerlessJobRule"
_ACTIONS = {
    "processing-job": "ProcessingJob",
    "hyper-parameter-tuning-job": "HyperParameterTuningJob",
}


class JobMachine(sfn.StateMachine):
    """Runs a chain of states; logs its history, traces, and may run this model's jobs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        chain: sfn.IChainable,
        timeout: cdk.Duration,
        log_retention: logs.RetentionDays,
    ) -> None:
        stack = cdk.Stack.of(scope).stack_name
        super().__init__(
            scope,
            construct_id,
            definition_body=sfn.DefinitionBody.from_chainable(chain),
            timeout=timeout,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    scope,
                    f"{construct_id}Log",
                    # All groups of that prefix are one entry of the account's policy for the
                    # delivery of logs; others take one each, until it is full.
                    log_group_name=f"/aws/vendedlogs/states/{stack}-{construct_id}",
                    retention=log_retention,
                    removal_policy=cdk.RemovalPolicy.DESTROY,
                ),
                level=sfn.LogLevel.ERROR,
            ),
        )

    def may_run(self, kind: str, model: str, roles: Sequence[iam.IRole]) -> None:
        """Create, watch and stop jobs of `kind` named for `model`, under `roles`."""
        name = _ACTIONS[kind]
        stack = cdk.Stack.of(self)
        self.add_to_role_policy(
            iam.PolicyStatement(
                actions=[
                    f"sagemaker:Create{name}",
                    f"sagemaker:Describe{name}",
                    f"sagemaker:Stop{name}",
                    "sagemaker:AddTags",
                    "sagemaker:ListTags",
                ],
                resources=[
                    stack.format_arn(service="sagemaker", resource=kind, resource_name=f"{model}-*")
                ],
            )
        )
        self.add_to_role_policy(
            iam.PolicyStatement(
                actions=["events:PutTargets", "events:PutRule", "events:DescribeRule"],
                resources=[
                    stack.format_arn(service="events", resource="rule", resource_name=_RULES[kind])
                ],
            )
        )
        self.may_pass(roles)

    def may_run_spark(self, application_arn: str, role: iam.IRole) -> None:
        """Start, watch and stop job runs of one EMR Serverless application, under `role`."""
        stack = cdk.Stack.of(self)
        rule = stack.format_arn(service="events", resource="rule", resource_name=_SPARK_RULE)
        for actions, resource in (
            (["emr-serverless:StartJobRun"], application_arn),
            (
                ["emr-serverless:GetJobRun", "emr-serverless:CancelJobRun"],
                f"{application_arn}/jobruns/*",
            ),
            (["events:PutTargets", "events:PutRule", "events:DescribeRule"], rule),
        ):
            self.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        self.may_pass([role], "emr-serverless.amazonaws.com")

    def may_pass(
        self, roles: Sequence[iam.IRole], service: str = "sagemaker.amazonaws.com"
    ) -> None:
        """Hand `roles` to SageMaker, or to `service`, and to nobody else."""
        self.add_to_role_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[role.role_arn for role in roles],
                conditions={"StringEquals": {"iam:PassedToService": service}},
            )
        )
