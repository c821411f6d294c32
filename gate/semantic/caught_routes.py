"""Where an error that was caught goes: to the choice that comes next, and at which path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly
from gate.reading import mappings, text, texts
from gate.semantic.path import steps_of
from gate.semantic.state_machine import JSONATA, Machine, Scope, State, machines

_ANYTHING = {"States.ALL", "States.TaskFailed"}
Steps = tuple[str | int, ...]
_CHANGES_DATA = {"Parameters", "Result", "InputPath", "OutputPath", "Assign", "Output"}


@dataclass(frozen=True)
class Route:
    """A choice that comes next after a catch: what its `state` had is `below` a path by then.

    `error` is the path at which the choice has the error, whichever it is where `is_any`.
    """

    machine: Machine
    state: State
    scope: Scope
    choice: State
    below: Steps
    error: Steps
    is_any: bool


def catches_all(handler: Mapping[str, Any]) -> bool:
    """Whether a catch is for whatever goes wrong, and not for an error that is expected."""
    return bool(_ANYTHING & set(texts(handler.get("ErrorEquals"))))


def with_paths(assembly: Assembly) -> Iterator[Machine]:
    """The machines whose data is selected by paths."""
    for machine in machines(assembly):
        if not any(state.language == JSONATA for state in machine.states()):
            yield machine


def routes(assembly: Assembly) -> Iterator[Route]:
    """Every way from a catch to a choice on which nothing is done."""
    for machine in with_paths(assembly):
        for scope in machine.scopes:
            for state in scope.states.values():
                for handler in mappings(state.body.get("Catch")):
                    put = steps_of(text(handler.get("ResultPath", "$")))
                    found = _next_choice(machine, scope, text(handler.get("Next")))
                    if put is not None and found is not None:
                        outer, choice, below = found
                        error = (*below, *put)
                        yield Route(
                            machine, state, outer, choice, below, error, catches_all(handler)
                        )


def _next_choice(machine: Machine, scope: Scope, name: str) -> tuple[Scope, State, Steps] | None:
    """The choice that comes next, with nothing done between, and where the data is by then."""
    below: Steps = ()
    for _ in list(machine.states()):
        state = scope.states.get(name)
        if state is None:
            return None
        if state.type == "Choice":
            return scope, state, below
        if state.type not in ("Pass", "Wait", "Succeed") or _CHANGES_DATA & set(state.body):
            return None
        if "Next" not in state.body:
            around = _around(machine, scope)
            if around is None:
                return None
            scope, state, index = around
            path = steps_of(text(state.body.get("ResultPath", "$")))
            if path is None or {"ResultSelector", "OutputPath"} & set(state.body):
                return None
            below = (*path, index, *below)
        name = text(state.body.get("Next"))
    return None


def _around(machine: Machine, scope: Scope) -> tuple[Scope, State, int] | None:
    """The parallel state of which a scope is a branch, with its scope, and which branch it is."""
    for outer in machine.scopes:
        for state in outer.states.values():
            for index, _ in enumerate(mappings(state.body.get("Branches"))):
                if scope.place == f"{state.place}[{index}]/":
                    return outer, state, index
    return None
