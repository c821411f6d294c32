"""Executions that ask again and again end before their history is full."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.reading import number
from gate.semantic.state_machine import Machine, Scope, machines, transitions

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, 2026-11.
MOST_EVENTS = 25_000
"""With one more, Step Functions ends a standard execution as failed."""

# A state is entered and exited; a task is scheduled, started and done besides.
_EVENTS = {"Task": 5, "Parallel": 4, "Map": 4}
_EVENTS_OF_ANY = 2


@dataclass(frozen=True)
class Loop:
    """The shortest way from a Wait state back to it."""

    wait: str
    seconds: float
    events: int

    def history(self, longest: float) -> float:
        """How many events it leaves in so many seconds, if what it waits for does not come."""
        return longest / self.seconds * self.events


def histories_suffice(assembly: Assembly) -> Iterator[Finding]:
    """A machine's limit of time is reached before its limit of events."""
    for machine in machines(assembly):
        longest = number(machine.definition.get("TimeoutSeconds"))
        if longest is None or machine.resource.properties.get("StateMachineType") == "EXPRESS":
            continue
        for loop in loops(machine):
            events = loop.history(longest)
            if events > MOST_EVENTS:
                yield machine.resource.finding(
                    "posture.history-exhausted",
                    f"state {loop.wait!r} waits {loop.seconds:g} s a round of {loop.events} "
                    f"events: {events:g} of them in the machine's {longest:g} s, and the execution "
                    f"fails at {MOST_EVENTS}; wait longer or lower TimeoutSeconds",
                )


def loops(machine: Machine) -> Iterator[Loop]:
    """The loop of each Wait state of fixed seconds that has one."""
    for scope in machine.scopes:
        for name, state in scope.states.items():
            seconds = _wait(state.body)
            events = _events_around(scope, name) if seconds else None
            if seconds and events:
                yield Loop(state.place, seconds, events)


def _events_around(scope: Scope, start: str) -> int | None:
    """The events of the shortest way from a state back to it; None where there is none."""
    waiting, seen = [(0, start)], set[str]()
    while waiting:
        events, name = heapq.heappop(waiting)
        if name in seen or name not in scope.states:
            continue
        if name == start and events:
            return events
        # The start is seen once it is come back to.
        seen |= {name} - {start}
        state = scope.states[name]
        events += _EVENTS.get(state.type, _EVENTS_OF_ANY)
        for _, following in transitions(state):
            heapq.heappush(waiting, (events, following))
    return None


def _wait(state: Mapping[str, Any]) -> float | None:
    return number(state.get("Seconds")) if state.get("Type") == "Wait" else None


RULES: tuple[Rule, ...] = (histories_suffice,)
