"""SageMaker's resource types: their properties are the parameters of the Create operations."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from localcloud.cloudformation.handler import TAGS, Created, Handler, Properties, Resource, changed
from localcloud.cloudformation.parameters import coerced
from localcloud.moto_bridge import ControlPlaneError, moto_call

ENDPOINT_SECONDS = 300.0
POLL_SECONDS = 0.2
GONE = ("Could not find", "does not exist", "not found")


@dataclass(frozen=True)
class SageMakerResource:
    """A type that SageMaker cannot change: every change but one of its tags replaces it."""

    kind: str

    @property
    def name_property(self) -> str:
        """The property (and parameter) that holds the name."""
        return f"{self.kind}Name"

    def create(self, resource: Resource) -> Created:
        """Call the Create operation; `Ref` is the ARN, as CloudFormation has it."""
        name = resource.name(self.name_property)
        operation = f"Create{self.kind}"
        properties = coerced("sagemaker", operation, resource.properties)
        answer = moto_call(operation, {**properties, self.name_property: name})
        arn = str(answer[f"{self.kind}Arn"])
        _names[arn] = name
        return self.created(arn)

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Tags change in place (they have no meaning here); everything else needs a new one."""
        if changed(previous, resource.properties, besides=frozenset({TAGS})):
            return None
        return self.created(physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Call the Delete operation."""
        name = _names.pop(physical_id, None) or properties.get(self.name_property)
        try:
            moto_call(f"Delete{self.kind}", {self.name_property: name})
        except ControlPlaneError as fault:
            if not any(word in fault.message for word in GONE):
                raise

    def created(self, arn: str) -> Created:
        """The answers for `Ref` and `Fn::GetAtt`."""
        return Created(arn, {self.name_property: _names[arn], f"{self.kind}Arn": arn, "Id": arn})


class Endpoint(SageMakerResource):
    """An endpoint is ready only when it is in service, and moves to a new configuration live."""

    def create(self, resource: Resource) -> Created:
        """Create it and wait until it serves."""
        created = super().create(resource)
        self._wait(_names[created.physical_id])
        return created

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """UpdateEndpoint, and wait; another name is another endpoint."""
        name = _names[physical_id]
        if changed(
            {self.name_property: previous.get(self.name_property)},
            {self.name_property: resource.properties.get(self.name_property)},
            besides=frozenset(),
        ):
            return None
        parameters = coerced("sagemaker", "UpdateEndpoint", resource.properties)
        moto_call("UpdateEndpoint", {**parameters, "EndpointName": name})
        self._wait(name)
        return self.created(physical_id)

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + ENDPOINT_SECONDS
        while True:
            found = moto_call("DescribeEndpoint", {"EndpointName": name})
            status, reason = found["EndpointStatus"], found.get("FailureReason")
            # After a failed update the endpoint serves on, with the old configuration.
            if status == "Failed" or (status == "InService" and reason):
                raise RuntimeError(f"endpoint {name} did not come into service: {reason}")
            if status == "InService":
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"endpoint {name} is still {status} after {ENDPOINT_SECONDS} s")
            time.sleep(POLL_SECONDS)


class Pipeline(SageMakerResource):
    """A pipeline is changed in place; `Ref` is its name."""

    def create(self, resource: Resource) -> Created:
        """Call CreatePipeline with the definition's text."""
        name = resource.name(self.name_property)
        moto_call("CreatePipeline", {**_pipeline(resource.properties), "PipelineName": name})
        return Created(name)

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Call UpdatePipeline; another name is another pipeline."""
        if previous.get(self.name_property) != resource.properties.get(self.name_property):
            return None
        moto_call("UpdatePipeline", {**_pipeline(resource.properties), "PipelineName": physical_id})
        return Created(physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Call DeletePipeline."""
        del properties
        moto_call("DeletePipeline", {"PipelineName": physical_id, "ClientRequestToken": "x" * 32})


def _pipeline(properties: Properties) -> dict[str, Any]:
    definition = properties.get("PipelineDefinition") or {}
    body = definition.get("PipelineDefinitionBody")
    kept = {key: value for key, value in properties.items() if key != "PipelineDefinition"}
    parameters = coerced("sagemaker", "CreatePipeline", kept)
    return {**parameters, **({"PipelineDefinition": body} if body else {})}


# SageMaker writes names in ARNs in lower case: the ARN alone does not tell the name.
_names: dict[str, str] = {}

HANDLERS: dict[str, Handler] = {
    "AWS::SageMaker::ModelPackageGroup": SageMakerResource("ModelPackageGroup"),
    "AWS::SageMaker::Model": SageMakerResource("Model"),
    "AWS::SageMaker::EndpointConfig": SageMakerResource("EndpointConfig"),
    "AWS::SageMaker::Endpoint": Endpoint("Endpoint"),
    "AWS::SageMaker::Pipeline": Pipeline("Pipeline"),
}
