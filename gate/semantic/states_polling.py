"""Loops that wait until something has settled: they look again, and know what is under way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mapping, mappings, text, texts
from gate.semantic.data_shape import Shape
from gate.semantic.integration import integration_of
from gate.semantic.state_machine import Machine, Scope, State, machines, transitions
from gate.semantic.states_values import choices_in, variable

# The statuses that say what goes on, by the verb of the call that began it.
_RUNS = r"starting|running|in_?progress|pending|queued|submitted|runnable"
_CHANGES = r"updating|modifying|update_?(in_?progress|pending)"
_UNDER_WAY = {
    "create": r"creating|create_?(in_?progress|pending)",
    "update": _CHANGES,
    "modify": _CHANGES,
    "start": _RUNS,
    "submit": _RUNS,
    "restore": r"restoring|creating",
}
_ASKING = ("describe", "get", "batchGet")
_VERB = re.compile(r"(batchGet|[a-z]+)([A-Z]\w*)")
_CHANGES_DATA = {"Parameters", "Result", "InputPath", "OutputPath", "Assign", "Output"}


def loops_look_again(assembly: Assembly) -> Iterable[Finding]:
    """A loop passes through a state that asks something: else each round chooses the same."""
    for machine in machines(assembly):
        for scope in machine.scopes:
            for name in _blind(scope):
                reason = (
                    f"{scope.place}{name} comes back to itself with nothing asked in between: each"
                    " round chooses the same, until the execution times out; lead the loop through"
                    " the state that asks"
                )
                yield machine.resource.finding("semantic.asl-loop", reason)


def choices_know_what_is_under_way(assembly: Assembly) -> Iterable[Finding]:
    """A status that the machine's own call brings about is waited for, not taken for a failure."""
    for machine in machines(assembly):
        verbs = _verbs(machine)
        scopes = {scope.place: scope for scope in machine.scopes}
        for state, shape in choices_in(assembly, machine):
            scope = scopes[state.place.removesuffix(state.name)]
            if not only_fails(scope, text(state.body.get("Default"))):
                continue
            for value in _left_over(state, shape):
                if any(re.fullmatch(_UNDER_WAY[verb], value, re.IGNORECASE) for verb in verbs):
                    reason = (
                        f"{state.place} takes the status {value!r} for a failure, though it is"
                        " what this machine's own call brings about: lead it back to the wait"
                    )
                    yield machine.resource.finding("semantic.asl-status", reason)


def _blind(scope: Scope) -> Iterator[str]:
    """One state of each loop in which nothing is asked."""
    inert = {name: state for name, state in scope.states.items() if _is_inert(state)}
    seen: set[str] = set()
    for name in inert:
        waiting, met = _following(inert, name), set[str]()
        while waiting:
            following = waiting.pop()
            if following not in met:
                met.add(following)
                waiting += _following(inert, following)
        if name in met and name not in seen:
            seen |= met
            yield name


def _following(states: Mapping[str, State], name: str) -> list[str]:
    return [following for _, following in transitions(states[name]) if following in states]


def _is_inert(state: State) -> bool:
    """Whether it goes on with the data that it got, and asks neither anybody nor the clock."""
    if state.type == "Choice":
        return not _CHANGES_DATA & set(state.body) and "$$." not in json.dumps(state.body)
    if state.type == "Pass":
        return not _CHANGES_DATA & set(state.body)
    return state.type == "Wait" and not _CHANGES_DATA & set(state.body)


def _verbs(machine: Machine) -> set[str]:
    """The verbs of a machine's calls, create or update or start, on what it asks after."""
    calls = (integration_of(text(state.body.get("Resource"))) for state in machine.states())
    found = [_VERB.fullmatch(called.action) for called in calls if called is not None]
    words = [(word[1], word[2].removesuffix("s")) for word in found if word is not None]
    asked = {noun for verb, noun in words if verb in _ASKING}
    return {verb for verb, noun in words if noun in asked and verb in _UNDER_WAY}


def _left_over(state: State, shape: Shape) -> Iterator[str]:
    """The values of an enum that a choice leaves to its default, if it chooses by one alone."""
    rules = mappings(state.body.get("Choices"))
    compared = {(text(leaf.get("Variable"))) for rule in rules for leaf in _leaves(rule)}
    values = {variable(leaf, shape).values for rule in rules for leaf in _leaves(rule)}
    if len(compared) != 1 or len(values) != 1:
        return
    for value in sorted(values.pop()):
        if not any(_may_take(rule, value) for rule in rules):
            yield value


def _leaves(rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    inner = (*mappings(rule.get("And")), *mappings(rule.get("Or")), *mappings(rule.get("Not")))
    if not inner:
        yield rule
    for part in inner:
        yield from _leaves(part)


def _may_take(rule: Mapping[str, Any], value: str) -> bool:
    """Whether a rule may be true of a value; one that cannot be told may be."""
    if "And" in rule:
        return all(_may_take(part, value) for part in mappings(rule["And"]))
    if "Or" in rule:
        return any(_may_take(part, value) for part in mappings(rule["Or"]))
    if "Not" in rule:
        inner = mapping(rule["Not"])
        return text(inner.get("StringEquals")) != value
    if "StringMatches" in rule:
        return any(fnmatchcase(value, pattern) for pattern in texts(rule["StringMatches"]))
    return text(rule.get("StringEquals", value)) == value


def only_fails(scope: Scope, start: str) -> bool:
    """Whether every way from a state ends in Fail, with nothing asked on the way."""
    waiting, seen, fails = [start], set[str](), False
    while waiting:
        name = waiting.pop()
        state = scope.states.get(name)
        if state is None or state.type not in ("Fail", "Pass", "Choice"):
            return False
        following = [] if name in seen else [other for _, other in transitions(state)]
        if state.body.get("End") is True:
            return False
        fails = fails or state.type == "Fail"
        seen.add(name)
        waiting += following
    return fails


RULES = (loops_look_again, choices_know_what_is_under_way)
