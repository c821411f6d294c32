"""Branches that run beside one another do not end one another by accident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.posture.tasks import states
from gate.reading import mappings, texts
from gate.semantic.state_machine import machines
from gate.semantic.states_errors import ALL


def branches_end_alike(assembly: Assembly) -> Iterator[Finding]:
    """Where one branch of a Parallel keeps its failures to itself, the others do as well.

    Step Functions ends all branches as soon as one fails. Where some catch whatever goes wrong,
    that was not wanted.
    """
    for machine in machines(assembly):
        for state in machine.states():
            branches = [dict(_tasks(branch)) for branch in mappings(state.body, "Branches")]
            if any(tasks and all(tasks.values()) for tasks in branches):
                for name in _careless(branches):
                    yield machine.resource.finding(
                        "posture.branch-cancelled",
                        f"state {name!r} of {state.place!r} catches nothing, though another "
                        "branch catches all: if it fails, every other branch is ended; add a Catch",
                    )


def _careless(branches: Iterable[Mapping[str, bool]]) -> Iterator[str]:
    for tasks in branches:
        yield from (name for name, catches in tasks.items() if not catches)


def _tasks(branch: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The tasks of a branch, and whether each catches whatever goes wrong."""
    for name, state in states(branch):
        if state.get("Type") == "Task":
            yield name, any(ALL in texts(item, "ErrorEquals") for item in mappings(state, "Catch"))


RULES: tuple[Rule, ...] = (branches_end_alike,)
