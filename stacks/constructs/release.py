"""Release: an approved version goes behind the endpoint, as champion or as challenger."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.platform import Platform
from stacks.constructs.platform_function import PlatformFunction
from tidewatch.core.config import ModelConfig

_POLL = sfn.WaitTime.duration(cdk.Duration.seconds(5))


class Release(Construct):
    """The chain of states from an approved model package to an endpoint in service.

    The endpoint and its configurations belong to this chain, not to CloudFormation: deploying
    the stacks again therefore never changes what is live.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        serving_role: iam.IRole,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint = platform.endpoint(model.name)
        self._capture = _capture(platform, model)
        self._serving_role = serving_role
        self._planner = PlatformFunction(
            self,
            "Plan",
            unit="release",
            environment={
                "ENDPOINT_NAME": self._endpoint,
                "MODEL": model.name,
                "CHAMPION_WEIGHT": str(model.serving.weights["champion"]),
                "CHALLENGER_WEIGHT": str(model.serving.weights["challenger"]),
                "INSTANCE_TYPE": model.serving.instance_type,
                "INSTANCE_COUNT": str(model.serving.instance_count),
            },
            log_retention=platform.log_retention,
        )
        self._allow_planner(model.name)
        self.chain = self._states()

    def _states(self) -> sfn.IChainable:
        unchanged = sfn.Succeed(self, "Already released")
        released = sfn.Succeed(self, "Released")
        failed = sfn.Fail(
            self, "Release failed", error="EndpointFailed", cause_path="$.endpoint.FailureReason"
        )
        create = self._endpoint_call("createEndpoint", "Create endpoint")
        update = self._endpoint_call("updateEndpoint", "Update endpoint")
        wait = sfn.Wait(self, "Wait for endpoint", time=_POLL)
        describe = self._describe()
        in_service = sfn.Condition.and_(
            sfn.Condition.string_equals("$.endpoint.EndpointStatus", "InService"),
            sfn.Condition.string_equals_json_path("$.endpoint.EndpointConfigName", "$.config_name"),
        )
        busy = sfn.Condition.or_(
            *(
                sfn.Condition.string_equals("$.endpoint.EndpointStatus", status)
                for status in ("Creating", "Updating", "SystemUpdating")
            )
        )
        wait.next(describe).next(
            sfn.Choice(self, "Endpoint in service?")
            .when(in_service, released)
            .when(busy, wait)
            .otherwise(failed)
        )
        deploy = (
            sfn.Choice(self, "Endpoint exists?")
            .when(sfn.Condition.boolean_equals("$.endpoint_exists", value=True), update)
            .otherwise(create)
        )
        create.next(wait)
        update.next(wait)
        fresh = self._create_model().next(self._create_config()).next(deploy)
        return self._plan().next(
            sfn.Choice(self, "Anything to do?")
            .when(sfn.Condition.string_equals("$.action", "none"), unchanged)
            .otherwise(fresh)
        )

    def _plan(self) -> tasks.LambdaInvoke:
        return tasks.LambdaInvoke(
            self,
            "Plan release",
            lambda_function=self._planner,
            payload=sfn.TaskInput.from_object(
                {
                    "package_arn": sfn.JsonPath.string_at("$.package_arn"),
                    "execution_id": sfn.JsonPath.execution_id,
                }
            ),
            payload_response_only=True,
        )

    def _create_model(self) -> sfn.CustomState:
        return self._call(
            "createModel",
            "Create model",
            {
                "ModelName.$": "$.model_name",
                "ExecutionRoleArn": self._serving_role.role_arn,
                "PrimaryContainer": {
                    "ModelPackageName.$": "$.package_arn",
                    "Environment": {"MODEL_VERSION.$": "$.version"},
                },
            },
        )

    def _create_config(self) -> sfn.CustomState:
        return self._call(
            "createEndpointConfig",
            "Create endpoint configuration",
            {
                "EndpointConfigName.$": "$.config_name",
                "ProductionVariants.$": "$.variants",
                "DataCaptureConfig": self._capture,
                "ExecutionRoleArn": self._serving_role.role_arn,
            },
        )

    def _endpoint_call(self, operation: str, title: str) -> sfn.CustomState:
        request = {"EndpointName": self._endpoint, "EndpointConfigName.$": "$.config_name"}
        return self._call(operation, title, request)

    def _call(self, operation: str, title: str, request: Mapping[str, object]) -> sfn.CustomState:
        return sfn.CustomState(
            self,
            title,
            state_json={
                "Type": "Task",
                "Resource": f"arn:aws:states:::sagemaker:{operation}",
                "Parameters": request,
                "ResultPath": "$.result",
                "Retry": [
                    {
                        "ErrorEquals": ["SageMaker.AmazonSageMakerException"],
                        "IntervalSeconds": 5,
                        "BackoffRate": 2,
                        "MaxAttempts": 3,
                    }
                ],
            },
        )

    def _describe(self) -> sfn.CustomState:
        return sfn.CustomState(
            self,
            "Describe endpoint",
            state_json={
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint",
                "Parameters": {"EndpointName": self._endpoint},
                "ResultPath": "$.endpoint",
            },
        )

    def _allow_planner(self, model: str) -> None:
        stack = cdk.Stack.of(self)
        for action, kind, name in (
            ("DescribeEndpoint", "endpoint", self._endpoint),
            ("DescribeEndpointConfig", "endpoint-config", f"{model}-*"),
            ("DescribeModel", "model", f"{model}-*"),
            ("DescribeModelPackage", "model-package", f"{model}/*"),
        ):
            self._planner.add_to_role_policy(
                iam.PolicyStatement(
                    actions=[f"sagemaker:{action}"],
                    resources=[
                        stack.format_arn(service="sagemaker", resource=kind, resource_name=name)
                    ],
                )
            )


def _capture(platform: Platform, model: ModelConfig) -> asl.Json:
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": model.serving.capture_percent,
        "DestinationS3Uri": f"s3://{platform.capture.bucket_name}/capture",
        "KmsKeyId": platform.key.key_arn,
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }
