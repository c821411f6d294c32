"""The states language: a definition that Step Functions would take, and that can end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import at, items, mappings, number
from gate.semantic.state_machine import (
    TYPE,
    DefinitionError,
    Scope,
    State,
    definition_of,
    machines,
    transitions,
)

_TERMINAL = ("Succeed", "Fail")
_COMMON = {"Type", "Comment", "QueryLanguage"}
_DATA = {"InputPath", "OutputPath", "Output", "Assign"}
_FLOW = {"Next", "End"}
_RESULT = {"ResultPath", "ResultSelector", "Parameters"}
_FAULTS = {"Retry", "Catch"}
_FIELDS = {
    "Task": _COMMON | _DATA | _FLOW | _RESULT | _FAULTS
    | {"Resource", "Arguments", "Credentials", "TimeoutSeconds", "TimeoutSecondsPath"}
    | {"HeartbeatSeconds", "HeartbeatSecondsPath"},
    "Pass": _COMMON | _DATA | _FLOW | {"Result", "ResultPath", "Parameters"},
    "Wait": _COMMON | _DATA | _FLOW | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Choice": _COMMON | _DATA | {"Choices", "Default"},
    "Succeed": _COMMON | _DATA,
    "Fail": _COMMON | {"Error", "ErrorPath", "Cause", "CausePath"},
    "Parallel": _COMMON | _DATA | _FLOW | _RESULT | _FAULTS | {"Branches", "Arguments"},
    "Map": _COMMON | _DATA | _FLOW | _RESULT | _FAULTS
    | {"Iterator", "ItemProcessor", "ItemsPath", "Items", "ItemSelector", "ItemReader"}
    | {"ItemBatcher", "ResultWriter", "MaxConcurrency", "MaxConcurrencyPath", "Label"}
    | {"ToleratedFailureCount", "ToleratedFailureCountPath", "ToleratedFailurePercentage"}
    | {"ToleratedFailurePercentagePath"},
}  # fmt: skip
_NEEDED = {
    "Task": (("Resource",),),
    "Wait": (("Seconds", "SecondsPath", "Timestamp", "TimestampPath"),),
    "Choice": (("Choices",),),
    "Parallel": (("Branches",),),
    "Map": (("Iterator", "ItemProcessor"),),
}
_LONGEST = 99_999_999
_MODES = ("INLINE", "DISTRIBUTED")


def definition_is_json(assembly: Assembly) -> Iterable[Finding]:
    """A definition is a JSON object."""
    for resource in assembly.resources(TYPE):
        try:
            definition_of(resource)
        except DefinitionError as error:
            reason = f"the definition is no JSON object: {error}"
            yield resource.finding("semantic.asl-json", reason)


def transitions_lead_somewhere(assembly: Assembly) -> Iterable[Finding]:
    """StartAt, Next, Default and every catch name a state of the same scope."""
    for machine in machines(assembly):
        for scope in machine.scopes:
            for where, name in _named(scope):
                if name not in scope.states:
                    known = ", ".join(sorted(scope.states)) or "none at all"
                    reason = f"{where} names the state {name!r}, expected one of: {known}"
                    yield machine.resource.finding("semantic.asl-transition", reason)


def states_are_reached(assembly: Assembly) -> Iterable[Finding]:
    """Every state can be reached from the start."""
    for machine in machines(assembly):
        for scope in machine.scopes:
            for name in sorted(set(scope.states) - _reached(scope)):
                reason = f"no transition leads to the state {scope.place}{name}: link or remove it"
                yield machine.resource.finding("semantic.asl-unreachable", reason)


def scopes_end(assembly: Assembly) -> Iterable[Finding]:
    """Every state leads on or ends, and some state that is reached ends."""
    for machine in machines(assembly):
        for scope in machine.scopes:
            for reason in _dead_ends(scope):
                yield machine.resource.finding("semantic.asl-end", reason)


def states_are_well_formed(assembly: Assembly) -> Iterable[Finding]:
    """A state has a type, the fields that its type needs, and no others."""
    for machine in machines(assembly):
        for state in machine.states():
            for reason in _malformed(state):
                yield machine.resource.finding("semantic.asl-state", f"{state.place}: {reason}")


def tasks_time_out(assembly: Assembly) -> Iterable[Finding]:
    """A task, or else the whole machine, ends in finite time; heartbeats are within it."""
    for machine in machines(assembly):
        bounded = "TimeoutSeconds" in machine.definition
        for state in machine.states():
            for reason in _timeout_faults(state, bounded=bounded):
                yield machine.resource.finding("semantic.asl-timeout", f"{state.place}: {reason}")


def _named(scope: Scope) -> Iterator[tuple[str, str]]:
    yield f"{scope.place}StartAt", str(scope.body.get("StartAt", ""))
    for state in scope.states.values():
        for field, name in transitions(state):
            yield f"{state.place}.{field}", name


def _reached(scope: Scope) -> set[str]:
    reached: set[str] = set()
    waiting = [str(scope.body.get("StartAt", ""))]
    while waiting:
        name = waiting.pop()
        if name in scope.states and name not in reached:
            reached.add(name)
            waiting += [following for _, following in transitions(scope.states[name])]
    return reached


def _dead_ends(scope: Scope) -> Iterator[str]:
    for state in scope.states.values():
        leads_on, ends = "Next" in state.body, state.body.get("End") is True
        if state.type in (*_TERMINAL, "Choice"):
            continue
        if not leads_on and not ends:
            yield f"{state.place} has neither Next nor End: true"
        elif leads_on and ends:
            yield f"{state.place} has both Next and End: true, expected one of them"
    reached = [scope.states[name] for name in _reached(scope)]
    if reached and not any(_ends(state) for state in reached):
        yield f"no state of {scope.place or 'the machine'} that is reached ends it"


def _ends(state: State) -> bool:
    return state.type in _TERMINAL or state.body.get("End") is True


def _malformed(state: State) -> Iterator[str]:
    allowed = _FIELDS.get(state.type)
    if allowed is None:
        yield f"its type is {state.type!r}, expected one of {', '.join(_FIELDS)}"
        return
    for field in sorted(set(state.body) - allowed):
        yield f"a {state.type} has no field {field!r}"
    for group in _NEEDED.get(state.type, ()):
        present = [field for field in group if state.body.get(field) not in (None, [], {})]
        if len(present) != 1:
            found = ", ".join(present) or "none"
            yield f"found {found}, expected exactly one of {', '.join(group)}"
    if state.type == "Fail":
        yield from _both(state.body, ("Error", "ErrorPath"), ("Cause", "CausePath"))
    if state.type in ("Parallel", "Map") and not _has_scopes(state.body):
        yield "its branches are no objects with StartAt and States"
    mode = at(state.body, "ItemProcessor", "ProcessorConfig", "Mode")
    if mode is not None and mode not in _MODES:
        yield f"the processor's Mode is {mode!r}, expected {' or '.join(_MODES)}"


def _both(body: Mapping[str, Any], *pairs: tuple[str, str]) -> Iterator[str]:
    for one, other in pairs:
        if one in body and other in body:
            yield f"found {one} and {other}, expected one of them"


def _has_scopes(body: Mapping[str, Any]) -> bool:
    inner = body.get("ItemProcessor", body.get("Iterator"))
    scopes = [inner] if inner is not None else items(body.get("Branches"))
    known = mappings(scopes)
    return len(known) == len(scopes) and all({"StartAt", "States"} <= set(one) for one in known)


def _timeout_faults(state: State, *, bounded: bool) -> Iterator[str]:
    if state.type != "Task":
        return
    timeout = number(state.body.get("TimeoutSeconds"))
    if not bounded and not {"TimeoutSeconds", "TimeoutSecondsPath"} & set(state.body):
        yield "neither the task nor the machine has TimeoutSeconds: it may hang for a year"
    if timeout is not None and not 1 <= timeout <= _LONGEST:
        yield f"TimeoutSeconds is {timeout:g}, expected 1 to {_LONGEST}"
    beat = number(state.body.get("HeartbeatSeconds"))
    if beat is not None and timeout is not None and beat >= timeout:
        yield f"HeartbeatSeconds is {beat:g}, expected less than TimeoutSeconds ({timeout:g})"


RULES = (
    definition_is_json,
    transitions_lead_somewhere,
    states_are_reached,
    scopes_end,
    states_are_well_formed,
    tasks_time_out,
)
