"""What SageMaker runs under which role: models of templates, and requests of state machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.reading import at, fields, mappings, text
from gate.semantic.integration import integration_of
from gate.semantic.state_machine import machines

_KINDS = {
    "createProcessingJob": "processing",
    "createTrainingJob": "training",
    "createHyperParameterTuningJob": "training",
    "createModel": "model",
    "createEndpointConfig": "config",
}


@dataclass(frozen=True)
class Workload:
    """Something that SageMaker runs under `role`, as `request` says.

    `kind` is model, config (of an endpoint), processing or training. `caller` is the role that
    asks for it; empty where CloudFormation does.
    """

    owner: Resource
    place: str
    kind: str
    role: str
    request: Mapping[str, Any]
    caller: str = ""


def workloads(assembly: Assembly) -> Iterator[Workload]:
    """Every model, endpoint configuration and job of the assembly."""
    for model in assembly.resources("AWS::SageMaker::Model"):
        role = text(model.properties, "ExecutionRoleArn")
        yield Workload(model, "the model", "model", role, model.properties)
    for config in assembly.resources("AWS::SageMaker::EndpointConfig"):
        for role in sorted(_roles_behind(assembly, config)):
            yield Workload(config, "the configuration", "config", role, config.properties)
    yield from _of_machines(assembly)


def images(workload: Workload) -> Iterator[str]:
    """The images that it runs, where the request says."""
    for key, value in fields(workload.request):
        if key in {"Image", "ImageUri", "TrainingImage"} and isinstance(value, str):
            yield value


def has_network(workload: Workload) -> bool:
    """Whether it joins a network of the account."""
    return any(key == "VpcConfig" and value for key, value in fields(workload.request))


def _of_machines(assembly: Assembly) -> Iterator[Workload]:
    for machine in machines(assembly):
        caller = text(machine.resource.properties, "RoleArn")
        for state in machine.states():
            called = integration_of(text(state.body, "Resource"))
            kind = "" if called is None else _KINDS.get(called.action, "")
            if not kind or not isinstance(state.request, Mapping):
                continue
            for key, value in fields(state.request):
                if key in {"RoleArn", "ExecutionRoleArn"} and isinstance(value, str):
                    owner = machine.resource
                    yield Workload(owner, state.place, kind, value, state.request, caller)


def _roles_behind(assembly: Assembly, config: Resource) -> set[str]:
    """The roles of an endpoint configuration: its own, or those of its models."""
    own = text(config.properties, "ExecutionRoleArn")
    if own:
        return {own}
    found = set()
    for group in ("ProductionVariants", "ShadowProductionVariants"):
        for variant in mappings(config.properties, group):
            model = assembly.at(at(variant, "ModelName"), "AWS::SageMaker::Model")
            if model is not None:
                found.add(text(model.properties, "ExecutionRoleArn"))
    return found - {""}
