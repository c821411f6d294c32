"""Jobs that state machines start: named anew each time, and waited for by whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known, mapping, text
from gate.semantic.integration import Integration, integration_of
from gate.semantic.service_model import is_expression
from gate.semantic.state_machine import Machine, State, machines

_JOB = re.compile(r"create(\w*)Job(V2)?")
# What may be deleted, so that its name is free again, with the call that does.
_DELETED_BY = {"createModel": "deleteModel", "createEndpointConfig": "deleteEndpointConfig"}
_FORMAT = re.compile(r"States\.Format\(\s*'(?:[^'\\{}]|\\.)*'\s*\)")


def names_are_made_anew(assembly: Assembly) -> Iterable[Finding]:
    """What a machine creates in each run has a name of that run: the next one would meet it."""
    for machine in machines(assembly):
        called = {found.action for _, found in _calls(machine)}
        for state, found in _calls(machine):
            member = _name_member(found)
            remover = _DELETED_BY.get(found.action)
            if member is None or remover in called or (remover and "Catch" in state.body):
                continue
            name = _fixed(state, member)
            if name is not None:
                reason = (
                    f"{state.place}: {member} is {name} in each run, and the name is taken from the"
                    " second run on: make it of States.UUID() or $$.Execution.Name"
                )
                yield machine.resource.finding("semantic.job-name", reason)


def _calls(machine: Machine) -> Iterator[tuple[State, Integration]]:
    for state in machine.states():
        found = integration_of(text(state.body.get("Resource")))
        if found is not None and found.service == "sagemaker" and found.model is not None:
            yield state, found


def _name_member(called: Integration) -> str | None:
    """The member of a request that names what cannot be made twice."""
    job = _JOB.fullmatch(called.action)
    if job is None and called.action not in _DELETED_BY:
        return None
    shape: Any = called.model.input_shape
    names = (
        (f"{job[1]}JobName", "JobName") if job else (f"{called.action.removeprefix('create')}Name",)
    )
    return next((name for name in names if name in shape.members), None)


def _fixed(state: State, member: str) -> str | None:
    """The name that is the same in each run; None where a run makes it."""
    request = mapping(state.request)
    literal = request.get(member)
    if is_known(literal) and not is_expression(literal):
        return repr(literal)
    made = request.get(f"{member}.$")
    return str(made) if isinstance(made, str) and _FORMAT.fullmatch(made) else None


RULES = (names_are_made_anew,)
