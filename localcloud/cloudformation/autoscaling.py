"""Application Auto Scaling: moto keeps targets and policies; nothing scales on a laptop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.cloudformation.handler import Created, Handler, Properties, Resource, changed
from localcloud.cloudformation.parameters import coerced
from localcloud.moto_bridge import ControlPlaneError, json_call

SERVICE = "application-autoscaling"
DIMENSIONS = ("ResourceId", "ScalableDimension", "ServiceNamespace")
GONE = ("No scaling policy found", "No scalable target found")


@dataclass(frozen=True)
class ScalableTarget:
    """What may be scaled, and between which limits."""

    def create(self, resource: Resource) -> Created:
        """Register the target; `Ref` joins its three dimensions."""
        parameters = coerced(SERVICE, "RegisterScalableTarget", resource.properties)
        json_call(SERVICE, "RegisterScalableTarget", parameters)
        joined = "|".join(str(resource.properties[key]) for key in DIMENSIONS)
        return Created(joined, {"Id": joined})

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Registering again changes the limits; another dimension is another target."""
        del physical_id
        if any(previous.get(key) != resource.properties.get(key) for key in DIMENSIONS):
            return None
        return self.create(resource)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Deregister the target."""
        del properties
        _delete("DeregisterScalableTarget", _dimensions(physical_id))


@dataclass(frozen=True)
class ScalingPolicy:
    """How a target is scaled."""

    def create(self, resource: Resource) -> Created:
        """Put the policy; `Ref` is its ARN."""
        return _policy(str(_put(resource)["PolicyARN"]), resource)

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Putting it again changes it; another name or target is another policy."""
        configurations = frozenset(
            {
                "TargetTrackingScalingPolicyConfiguration",
                "StepScalingPolicyConfiguration",
                "PolicyType",
            }
        )
        if changed(previous, resource.properties, besides=configurations):
            return None
        # moto gives the same policy another ARN.
        _put(resource)
        return _policy(physical_id, resource)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the policy."""
        resource = Resource("", physical_id, properties)
        _delete(
            "DeleteScalingPolicy", {"PolicyName": properties["PolicyName"], **_target(resource)}
        )


def _put(resource: Resource) -> dict[str, Any]:
    parameters = coerced(SERVICE, "PutScalingPolicy", resource.properties)
    return json_call(SERVICE, "PutScalingPolicy", {**parameters, **_target(resource)})


def _policy(arn: str, resource: Resource) -> Created:
    return Created(arn, {"Arn": arn, "PolicyName": str(resource.properties["PolicyName"])})


def _target(resource: Resource) -> dict[str, str]:
    given = resource.properties.get("ScalingTargetId")
    if given:
        return _dimensions(str(given))
    return {key: str(resource.properties[key]) for key in DIMENSIONS}


def _dimensions(joined: str) -> dict[str, str]:
    return dict(zip(DIMENSIONS, joined.split("|"), strict=True))


def _delete(operation: str, parameters: dict[str, Any]) -> None:
    try:
        json_call(SERVICE, operation, parameters)
    except ControlPlaneError as fault:
        if not fault.message.startswith(GONE):
            raise


HANDLERS: dict[str, Handler] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ScalableTarget(),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ScalingPolicy(),
}
