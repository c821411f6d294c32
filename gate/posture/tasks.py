"""What state machines ask of services, and the SageMaker requests that templates make."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import mappings, within
from gate.semantic.state_machine import TYPE, DefinitionError, definition_of

MACHINE = TYPE
_INTEGRATION = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:(?:aws-sdk:)?([\w-]+):(\w+)(?:\.(\S+))?")
_RESOURCES = {
    "AWS::SageMaker::Model": "createModel",
    "AWS::SageMaker::EndpointConfig": "createEndpointConfig",
    "AWS::SageMaker::Endpoint": "updateEndpoint",
    "AWS::SageMaker::ProcessingJob": "createProcessingJob",
}
_STEPS = {
    "Processing": "createProcessingJob",
    "Training": "createTrainingJob",
    "Tuning": "createHyperParameterTuningJob",
    "Transform": "createTransformJob",
}


@dataclass(frozen=True)
class Task:
    """A Task state: `service` and `operation` as in its resource, `mode` such as "sync"."""

    machine: Resource
    name: str
    state: Mapping[str, Any]
    service: str
    operation: str
    mode: str

    def finding(self, rule: str, reason: str) -> Finding:
        """A finding that names the state."""
        return self.machine.finding(rule, f"state {self.name!r}: {reason}")


@dataclass(frozen=True)
class Request:
    """A SageMaker request: the body, whether a state or a resource makes it."""

    resource: Resource
    where: str
    operation: str
    body: Mapping[str, Any]

    def finding(self, rule: str, reason: str) -> Finding:
        """A finding that names the state, if there is one."""
        return self.resource.finding(rule, f"{self.where}{reason}")


@functools.lru_cache(maxsize=1024)
def definition(machine: Resource) -> Mapping[str, Any]:
    """The machine's definition; empty if it cannot be read, which other rules say."""
    try:
        return definition_of(machine)
    except DefinitionError:
        return {}


def states(scope: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every state with its name, those inside Parallel and Map states included."""
    inside = within(scope, "States")
    for name, state in (inside if isinstance(inside, Mapping) else {}).items():
        if not isinstance(state, Mapping):
            continue
        yield name, state
        inner = [*mappings(state.get("Branches"))]
        inner += mappings(state.get("ItemProcessor")) + mappings(state.get("Iterator"))
        for branch in inner:
            yield from states(branch)


def tasks(assembly: Assembly) -> Iterator[Task]:
    """Every Task state of every state machine."""
    for machine in assembly.resources(MACHINE):
        for name, state in states(definition(machine)):
            if state.get("Type") == "Task":
                yield _task(machine, name, state)


def requests(assembly: Assembly) -> Iterator[Request]:
    """Every SageMaker request; a tuning job's training jobs are requests of their own."""
    for request in _outer_requests(assembly):
        yield request
        for key in ("TrainingJobDefinition", "TrainingJobDefinitions"):
            for inner in mappings(request.body.get(key)):
                yield Request(request.resource, request.where, "createTrainingJob", inner)


def _outer_requests(assembly: Assembly) -> Iterator[Request]:
    for task in tasks(assembly):
        if task.service == "sagemaker":
            body = task.state.get("Parameters") or task.state.get("Arguments") or {}
            where = f"state {task.name!r}: "
            yield Request(task.machine, where, task.operation, _fields(body) or {})
    for resource in assembly.resources(*_RESOURCES):
        yield Request(resource, "", _RESOURCES[resource.type], resource.properties)
    for pipeline in assembly.resources("AWS::SageMaker::Pipeline"):
        body = within(pipeline.properties, "PipelineDefinition.PipelineDefinitionBody")
        steps = _parsed(body).get("Steps") if isinstance(body, str) else None
        for step in mappings(steps):
            if step.get("Type") in _STEPS and isinstance(step.get("Arguments"), Mapping):
                where = f"step {step.get('Name')!r}: "
                yield Request(pipeline, where, _STEPS[step["Type"]], step["Arguments"])


def _task(machine: Resource, name: str, state: Mapping[str, Any]) -> Task:
    resource = str(state.get("Resource", ""))
    found = _INTEGRATION.fullmatch(resource)
    if found:
        service, operation, mode = found.groups()
        return Task(machine, name, state, service, operation, mode or "")
    service = "lambda" if ":function:" in resource else ""
    return Task(machine, name, state, service, "invoke" if service else "", "")


def _fields(value: Any) -> Any:
    """A request whose members are named without the `.$` that marks a path."""
    if isinstance(value, Mapping):
        return {key.removesuffix(".$"): _fields(item) for key, item in value.items()}
    return [_fields(item) for item in value] if isinstance(value, list) else value


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
