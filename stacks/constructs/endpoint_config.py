"""The request for an endpoint configuration: variants, capture, encryption, where it came from."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from stacks.constructs import state_language as asl
from stacks.constructs.platform import Platform
from stacks.constructs.volume_encryption import volume_key
from tidewatch.core.config import ModelConfig

PREVIOUS = "tidewatch:previous"
"""The tag that names the configuration before this one: the way back."""


def endpoint_config(platform: Platform, model: ModelConfig, role: iam.IRole) -> asl.Json:
    """The request, of a release's plan."""
    shadows = {"ShadowProductionVariants.$": "$.shadows"} if model.serving.shadow else {}
    return {
        "EndpointConfigName.$": "$.config_name",
        "ProductionVariants.$": "$.variants",
        **shadows,
        "DataCaptureConfig": _capture(platform, model),
        "ExecutionRoleArn": role.role_arn,
        **volume_key("KmsKeyId", platform.key, model.serving.instance_type),
        "Tags": [{"Key": PREVIOUS, "Value.$": "$.previous_config"}],
    }


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
