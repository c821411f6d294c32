"""What tasks call: integrations that exist, requests that the service takes, functions of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known, mapping, text
from gate.semantic.integration import TOKEN, Integration, integration_of
from gate.semantic.service_model import Reader, is_expression
from gate.semantic.state_machine import JSONATA, Machine, State, machines

_TOKEN_PATH = re.compile(r"\$\$\.Task\.Token|\$states\.context\.Task\.Token")
_FUNCTION = re.compile(r"arn:[a-z-]+:lambda:([a-z0-9-]+):(\d{12}):function:.+")
_FUNCTION_TYPES = ("AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version")

# Optimised integrations turn these members, text in the API, from and into JSON.
_JSON = {
    "lambda": {"Payload"},
    "sns": {"Message"},
    "sqs": {"MessageBody"},
    "events": {"Detail"},
    "states": {"input"},
}


def integrations_exist(assembly: Assembly) -> Iterable[Finding]:
    """A task's Resource is a call that Step Functions can make, awaited in a way there is."""
    for machine in machines(assembly):
        for state, called in _calls(machine):
            reason = called.fault() or _express_fault(machine, called)
            if reason is not None:
                yield machine.resource.finding("semantic.call", f"{state.place}: {reason}")


def requests_fit_the_service(assembly: Assembly) -> Iterable[Finding]:
    """What a task sends is what the operation's service model allows."""
    for machine in machines(assembly):
        for state, called in _calls(machine):
            if called.fault() is not None or not called.is_checked or called.model is None:
                continue
            for reason in _request_faults(state, called):
                yield machine.resource.finding("semantic.request", reason)


def tokens_are_handed_out(assembly: Assembly) -> Iterable[Finding]:
    """A task that waits for its token's return hands the token to somebody."""
    for machine in machines(assembly):
        for state, called in _calls(machine):
            if called.pattern == TOKEN and not _TOKEN_PATH.search(json.dumps(state.request)):
                reason = f"{state.place} waits for a token that its request does not hold"
                remedy = "pass $$.Task.Token, or nobody can end the task"
                yield machine.resource.finding("semantic.token", f"{reason}: {remedy}")


def functions_are_of_the_assembly(assembly: Assembly) -> Iterable[Finding]:
    """A function that a task invokes is there, and is a function."""
    for machine in machines(assembly):
        for state in machine.states():
            name = _function(state)
            if name is None or not is_known(name) or is_expression(name):
                continue
            found = assembly.at(name)
            if found is None and _is_foreign(name):
                continue
            if found is None or found.type not in _FUNCTION_TYPES:
                what = "nothing of this assembly" if found is None else f"{found.name}"
                reason = f"{state.place} invokes {name}: {what}, expected a function of it"
                yield machine.resource.finding("semantic.function", reason)


def _calls(machine: Machine) -> Iterator[tuple[State, Integration]]:
    for state in machine.states():
        called = integration_of(text(state.body.get("Resource")))
        if state.type == "Task" and called is not None:
            yield state, called


def _express_fault(machine: Machine, called: Integration) -> str | None:
    if machine.resource.properties.get("StateMachineType") == "EXPRESS" and called.pattern:
        return f"an express machine waits for nothing, and the call ends in .{called.pattern}"
    return None


def _request_faults(state: State, called: Integration) -> Iterator[str]:
    shape = called.model.input_shape
    request = state.request
    # Without Parameters the state's input is the request, and that is not known here.
    if shape is None or is_expression(request) or not _says_its_request(state):
        return
    free = frozenset(_JSON.get(called.service, set()) if called.optimised else set())
    reader = Reader(strict=True, paths=state.language != JSONATA, free=free)
    where = f"{state.place}: {called.service}:{called.action}"
    yield from reader.faults(request, shape, where)


def _says_its_request(state: State) -> bool:
    return "Parameters" in state.body or "Arguments" in state.body


def _function(state: State) -> str | None:
    """The function that a task invokes, if it names one."""
    resource = text(state.body.get("Resource"))
    if state.type != "Task":
        return None
    if _FUNCTION.fullmatch(resource):
        return resource
    called = integration_of(resource)
    if called is None or called.service != "lambda" or called.action != "invoke":
        return None
    request: Mapping[str, object] = mapping(state.request)
    return text(request.get("FunctionName")) or None


def _is_foreign(name: str) -> bool:
    """Whether the name may be of another account's function."""
    found = _FUNCTION.fullmatch(name)
    return found is not None and found[2] != "111111111111"


RULES = (
    integrations_exist,
    requests_fit_the_service,
    tokens_are_handed_out,
    functions_are_of_the_assembly,
)
