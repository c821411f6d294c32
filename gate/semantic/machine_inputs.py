"""What starts a state machine gives it what its states read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_given, is_known, mapping, mappings, parts, text
from gate.semantic.data_shape import SCALAR, UNKNOWN, Shape
from gate.semantic.event_inputs import input_of
from gate.semantic.function_answers import answers_of
from gate.semantic.integration import integration_of
from gate.semantic.state_machine import JSONATA, TYPE, Machine, machines
from gate.semantic.states_flow import flow_through

_SCHEDULE = "AWS::Scheduler::Schedule"
_RULE = "AWS::Events::Rule"
_FROM_EVENT = re.compile(r"<[^<>]+>")
_EVENT = Shape(
    {
        **dict.fromkeys(("account", "detail-type", "id", "region", "source"), SCALAR),
        **dict.fromkeys(("time", "version"), SCALAR),
        **dict.fromkeys(("detail", "resources"), UNKNOWN),
    }
)


def machines_are_given_what_they_read(assembly: Assembly) -> Iterable[Finding]:
    """No state reads a field that a schedule, rule or other machine does not send."""
    answers = answers_of(assembly)
    read = {machine.resource: machine for machine in machines(assembly)}
    for starter, started, given in _starts(assembly):
        machine = read.get(started)
        if machine is None or any(state.language == JSONATA for state in machine.states()):
            continue
        _, always = flow_through(machine, answers)
        _, found = flow_through(machine, answers, given)
        for place, path in sorted(set(found) - set(always)):
            if _asked_for(machine, path):
                continue
            reason = (
                f"{place} of {started.name} reads {path}, which is not in the input that it is"
                f" started with here ({', '.join(sorted(given.fields)) or 'nothing'}): the"
                " execution fails; send what it reads"
            )
            yield starter.finding("semantic.machine-input", reason)


def _asked_for(machine: Machine, path: str) -> bool:
    """Whether a choice of the machine asks first whether the field is there."""
    asked = (
        text(rule.get("Variable"))
        for state in machine.states()
        for rule in parts(state.body.get("Choices"))
        if "IsPresent" in rule
    )
    return any(f"{path}.".startswith(f"{variable}.") for variable in asked)


def _starts(assembly: Assembly) -> Iterator[tuple[Resource, Resource, Shape]]:
    """Who starts which machine with what, as far as that is known."""
    for schedule in assembly.resources(_SCHEDULE):
        target = mapping(schedule.properties.get("Target"))
        yield from _start(assembly, schedule, target.get("Arn"), _written(target.get("Input")))
    for rule in assembly.resources(_RULE):
        for target in mappings(rule.properties.get("Targets")):
            yield from _start(assembly, rule, target.get("Arn"), _of_rule(target))
    for machine in machines(assembly):
        for request in _executions(machine):
            shape = _of_request(request)
            yield from _start(assembly, machine.resource, request.get("StateMachineArn"), shape)


def _start(
    assembly: Assembly, starter: Resource, arn: object, given: Shape | None
) -> Iterator[tuple[Resource, Resource, Shape]]:
    started = assembly.at(arn, TYPE)
    if started is not None and given is not None:
        yield starter, started, given


def _written(value: object) -> Shape | None:
    """The input that is written as JSON; None where there is none, or it is no object."""
    if not is_known(value):
        return None
    try:
        found = json.loads(str(value))
    except ValueError:
        return None
    return _shape(found) if isinstance(found, Mapping) else None


def _of_rule(target: Mapping[str, Any]) -> Shape | None:
    if is_given(target.get("InputPath")):
        return None
    if not is_given(target.get("Input")) and not is_given(target.get("InputTransformer")):
        return _EVENT
    found = input_of(target)
    return None if found is None else _shape(found)


def _shape(value: object) -> Shape:
    """The shape of an input; what stands for a part of an event may be anything."""
    if isinstance(value, Mapping):
        return Shape({str(key): _shape(item) for key, item in value.items()})
    if isinstance(value, str) and not _FROM_EVENT.search(value):
        return SCALAR
    return UNKNOWN


def _executions(machine: Machine) -> Iterator[Mapping[str, Any]]:
    for state in machine.states():
        called = integration_of(text(state.body.get("Resource")))
        if called is not None and called.action == "startExecution":
            yield mapping(state.request)


def _of_request(request: Mapping[str, Any]) -> Shape | None:
    """The input of another machine's task, which is an object there, with paths in it."""
    found = request.get("Input")
    if not isinstance(found, Mapping):
        return _written(found)
    return Shape(
        {
            str(key).removesuffix(".$"): UNKNOWN if str(key).endswith(".$") else _shape(item)
            for key, item in found.items()
        }
    )


RULES = (machines_are_given_what_they_read,)
