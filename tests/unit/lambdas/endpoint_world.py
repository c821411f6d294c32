"""An endpoint as SageMaker and CloudWatch describe it, for the functions that plan its changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

PACKAGE = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/flights/{}"


def refused(operation: str, code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


NO_ENDPOINT = refused("DescribeEndpoint", "ValidationException", 'Could not find endpoint "x".')


def variant(name: str, instance_type: str = "ml.c5.large") -> dict[str, Any]:
    return {
        "VariantName": name,
        "ModelName": "flights-1-abc",
        "InitialVariantWeight": 0.5,
        "InstanceType": instance_type,
        "InitialInstanceCount": 1,
    }


@dataclass
class SageMaker:
    """An endpoint that serves version 1 twice, by the second of two configurations."""

    missing: ClientError | None = None
    status: str = "InService"
    shadow: bool = False
    tags: Mapping[str, str] = field(default_factory=lambda: {"tidewatch:previous": "flights-first"})
    before: str = "ml.c5.large"

    def describe_endpoint(self, **_request: str) -> dict[str, Any]:
        if self.missing:
            raise self.missing
        champion = {"VariantName": "champion", "CurrentWeight": 0.7, "CurrentInstanceCount": 3}
        challenger = {"VariantName": "challenger", "CurrentWeight": 0.3, "CurrentInstanceCount": 1}
        return {
            "EndpointConfigName": "flights-second",
            "EndpointStatus": self.status,
            "ProductionVariants": [champion] if self.shadow else [champion, challenger],
            "ShadowProductionVariants": [challenger] if self.shadow else [],
        }

    def describe_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:  # noqa: N803
        names = ["champion"] if self.shadow else ["champion", "challenger"]
        if EndpointConfigName == "flights-first":
            return {"ProductionVariants": [variant(name, self.before) for name in names]}
        return {
            "EndpointConfigName": EndpointConfigName,
            "EndpointConfigArn": f"arn:config/{EndpointConfigName}",
            "ProductionVariants": [variant(name) for name in names],
            **({"ShadowProductionVariants": [variant("challenger")]} if self.shadow else {}),
        }

    def describe_model(self, **_request: str) -> dict[str, Any]:
        return {"PrimaryContainer": {"ModelPackageName": PACKAGE.format(1)}}

    def list_tags(self, ResourceArn: str) -> dict[str, Any]:  # noqa: N803
        assert ResourceArn == "arn:config/flights-second"
        return {"Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()]}


@dataclass
class CloudWatch:
    """Alarms, some of which ring."""

    ringing: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def describe_alarms(
        self,
        AlarmNames: list[str],  # noqa: N803
        AlarmTypes: list[str],  # noqa: N803
    ) -> dict[str, Any]:
        assert AlarmTypes == ["MetricAlarm"]
        self.asked += AlarmNames
        return {
            "MetricAlarms": [
                {"AlarmName": name, "StateValue": "ALARM" if name in self.ringing else "OK"}
                for name in AlarmNames
            ]
        }
