"""Every SageMaker request of an assembly: of state machines, of resources, of pipelines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import mapping, mappings, text
from gate.semantic.integration import integration_of
from gate.semantic.state_machine import machines

PIPELINE = "AWS::SageMaker::Pipeline"
RESOURCES = {
    "AWS::SageMaker::Endpoint": "CreateEndpoint",
    "AWS::SageMaker::EndpointConfig": "CreateEndpointConfig",
    "AWS::SageMaker::Model": "CreateModel",
}
_STEPS = {
    "Processing": "CreateProcessingJob",
    "Training": "CreateTrainingJob",
    "Transform": "CreateTransformJob",
    "Tuning": "CreateHyperParameterTuningJob",
}


@dataclass(frozen=True, eq=False)
class Request:
    """A request, who makes it and where; a member may be named `Member.$` in `body`."""

    resource: Resource
    place: str
    operation: str
    body: Mapping[str, Any]

    def finding(self, rule: str, reason: str) -> Finding:
        """A finding on who makes the request."""
        return self.resource.finding(rule, f"{self.place}{reason}")


def sagemaker_requests(assembly: Assembly, *operations: str) -> Iterator[Request]:
    """The requests of these operations, named as the API does."""
    for request in (*_of_machines(assembly), *_of_resources(assembly), *_of_pipelines(assembly)):
        if request.operation in operations:
            yield request


def pipeline_steps(resource: Resource) -> list[Mapping[str, Any]]:
    """The steps of a pipeline's definition; empty where it cannot be read."""
    definition = resource.properties.get("PipelineDefinition")
    body = mapping(definition).get("PipelineDefinitionBody", definition)
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return []
    return mappings(mapping(body).get("Steps"))


def is_dynamic(body: Mapping[str, Any], member: str) -> bool:
    """Whether the member's value is made at run time."""
    return f"{member}.$" in body


def _of_machines(assembly: Assembly) -> Iterator[Request]:
    for machine in machines(assembly):
        for state in machine.states():
            called = integration_of(text(state.body.get("Resource")))
            if called is not None and called.service == "sagemaker":
                name = called.action[:1].upper() + called.action[1:]
                place = f"{state.place}: "
                yield Request(machine.resource, place, name, mapping(state.request))


def _of_resources(assembly: Assembly) -> Iterator[Request]:
    for resource in assembly.resources(*RESOURCES):
        yield Request(resource, "", RESOURCES[resource.type], resource.properties)


def _of_pipelines(assembly: Assembly) -> Iterator[Request]:
    for resource in assembly.resources(PIPELINE):
        for step in pipeline_steps(resource):
            name = _STEPS.get(text(step.get("Type")))
            if name is not None:
                place = f"step {step.get('Name')}: "
                yield Request(resource, place, name, mapping(step.get("Arguments")))
