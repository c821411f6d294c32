"""Data between states: a path reads only what can be there when its state is entered."""

from __future__ import annotations

from collections.abc import Iterable

from gate.assembly import Assembly
from gate.finding import Finding
from gate.semantic.function_answers import answers_of
from gate.semantic.state_machine import JSONATA, machines
from gate.semantic.states_flow import flow_through


def paths_read_what_is_there(assembly: Assembly) -> Iterable[Finding]:
    """No path reads a field that no earlier state, and no service's answer, can have."""
    answers = answers_of(assembly)
    for machine in machines(assembly):
        if any(state.language == JSONATA for state in machine.states()):
            continue
        for place, path in sorted(set(flow_through(machine, answers)[1])):
            reason = f"{place} reads {path}, which nothing before it can have put there"
            yield machine.resource.finding("semantic.asl-data", reason)


RULES = (paths_read_what_is_there,)
