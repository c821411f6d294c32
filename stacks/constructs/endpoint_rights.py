"""What a state machine may do with models, endpoint configurations and one endpoint."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from stacks.constructs.job_machine import JobMachine


def may_create_models(machine: JobMachine, model: str, role: iam.IRole) -> None:
    """Make models that run under `role`, and endpoint configurations of them."""
    _allow(machine, ["CreateModel"], "model", f"{model}-*")
    _allow(machine, ["CreateEndpointConfig", "AddTags"], "endpoint-config", f"{model}-*")
    machine.may_pass([role])


def may_create_endpoint(machine: JobMachine, endpoint: str, model: str) -> None:
    """Make the endpoint, of a configuration of `model`."""
    _allow(machine, ["CreateEndpoint", "AddTags"], "endpoint", endpoint)
    _allow(machine, ["CreateEndpoint"], "endpoint-config", f"{model}-*")


def may_change_endpoint(
    machine: JobMachine,
    endpoint: str,
    model: str,
    key: kms.IKey,
    alarms: Sequence[cloudwatch.Alarm],
) -> None:
    """Move the endpoint to a configuration of `model`, guarded by `alarms`."""
    _allow(machine, ["UpdateEndpoint", "DescribeEndpoint"], "endpoint", endpoint)
    _allow(machine, ["UpdateEndpoint", "DescribeEndpointConfig"], "endpoint-config", f"{model}-*")
    # SageMaker looks at the alarms, and encrypts the volumes, as whoever asks for the update.
    machine.add_to_role_policy(
        iam.PolicyStatement(
            actions=["cloudwatch:DescribeAlarms"],
            resources=[alarm.alarm_arn for alarm in alarms],
        )
    )
    machine.add_to_role_policy(
        iam.PolicyStatement(
            actions=["kms:CreateGrant"],
            resources=[key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        )
    )


def _allow(machine: JobMachine, actions: list[str], kind: str, name: str) -> None:
    arn = cdk.Stack.of(machine).format_arn(service="sagemaker", resource=kind, resource_name=name)
    machine.add_to_role_policy(
        iam.PolicyStatement(actions=[f"sagemaker:{action}" for action in actions], resources=[arn])
    )
