"""States that ask SageMaker and Application Auto Scaling for something, and retry it."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl

_RETRY = {"IntervalSeconds": 5, "BackoffRate": 2, "MaxAttempts": 3}


def sagemaker_call(
    scope: Construct, operation: str, title: str, request: Mapping[str, object]
) -> sfn.CustomState:
    """A state that calls a SageMaker operation; what came in goes on.

    By the SDK: the integration of Step Functions' own takes few members of these requests, and
    neither a DataCaptureConfig nor a DeploymentConfig.
    """
    return sfn.CustomState(
        scope,
        title,
        state_json={
            "Type": "Task",
            "Resource": asl.integration(f"aws-sdk:sagemaker:{operation}"),
            "Parameters": request,
            "ResultPath": "$.result",
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], **_RETRY}],
        },
    )


def describe_endpoint(scope: Construct, endpoint: str) -> sfn.CustomState:
    """A state that describes the endpoint, at `$.endpoint`."""
    return sfn.CustomState(
        scope,
        "Describe endpoint",
        state_json={
            "Type": "Task",
            "Resource": asl.integration("aws-sdk:sagemaker:describeEndpoint"),
            "Parameters": {"EndpointName": endpoint},
            "ResultPath": "$.endpoint",
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], **_RETRY}],
        },
    )


def scaling_call(
    scope: Construct, operation: str, title: str, request: Mapping[str, object]
) -> sfn.CustomState:
    """A state that calls Application Auto Scaling for the variant at `$.resource_id`."""
    return sfn.CustomState(
        scope,
        title,
        state_json={
            "Type": "Task",
            "Resource": asl.integration(f"aws-sdk:applicationautoscaling:{operation}"),
            "Parameters": {
                "ServiceNamespace": "sagemaker",
                "ResourceId.$": "$.resource_id",
                "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
                **request,
            },
            "ResultPath": "$.result",
            "Retry": [
                {
                    "ErrorEquals": ["ApplicationAutoScaling.ConcurrentUpdateException"],
                    **_RETRY,
                }
            ],
        },
    )
