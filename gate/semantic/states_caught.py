"""What was caught is not lost: who asks for it finds it, and a failure does not end in success."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_true, mappings, text
from gate.semantic.caught_routes import Route, Steps, catches_all, routes, with_paths
from gate.semantic.path import steps_of
from gate.semantic.state_machine import Machine, Scope, State, transitions
from gate.semantic.states_polling import only_fails

_CAUGHT = ("Error", "Cause")
# What they answer is put at their ResultPath, which is all of the data unless they say.
_ANSWERING = ("Task", "Pass", "Parallel", "Map")


def caught_errors_are_found(assembly: Assembly) -> Iterable[Finding]:
    """A choice that fails on a caught error asks for it where the catch has put it."""
    for route in routes(assembly):
        asked = [steps for steps in _asked(route) if steps[: len(route.below)] == route.below]
        default = text(route.choice.body.get("Default"))
        if not asked or only_fails(route.scope, default) or not _may_fail(route):
            continue
        if not any(_may_be_there(route, steps) for steps in asked):
            reason = (
                f"{route.state.place} puts what it catches at {_written(route.error)}, and"
                f" {route.choice.place} asks for {_written(asked[0])}: it goes on as if nothing had"
                " failed; set the ResultPath that is asked for"
            )
            yield route.machine.resource.finding("semantic.asl-caught", reason)


def failures_do_not_end_well(assembly: Assembly) -> Iterable[Finding]:
    """What caught an error, or found one, leads not straight to success: nobody would know."""
    swallowed = {*_found_and_swallowed(assembly), *_caught_and_swallowed(assembly)}
    for machine, who, target in sorted(swallowed, key=_in_order):
        reason = (
            f"{who} and leads straight to {target!r}, a success: no alarm rings; lead it to a Fail"
        )
        yield machine.resource.finding("semantic.asl-swallowed", reason)


def _in_order(swallowed: tuple[Machine, str, str]) -> tuple[str, str, str]:
    machine, who, target = swallowed
    return machine.resource.name, who, target


def _found_and_swallowed(assembly: Assembly) -> Iterator[tuple[Machine, str, str]]:
    for route in routes(assembly):
        for rule in mappings(route.choice.body.get("Choices")):
            ends = _succeeds(route.scope, rule.get("Next"), route.choice.body.get("Default"))
            if ends and route.is_any and _asks_only_for(rule, route.error):
                yield route.machine, f"{route.choice.place} finds an error", text(rule, "Next")


def _caught_and_swallowed(assembly: Assembly) -> Iterator[tuple[Machine, str, str]]:
    for machine in with_paths(assembly):
        scope = machine.scopes[0]
        for state in scope.states.values():
            for handler in mappings(state.body.get("Catch")):
                ends = _succeeds(scope, handler.get("Next"), state.body.get("Next"))
                if ends and catches_all(handler):
                    yield machine, f"{state.place} catches any error", text(handler, "Next")


def _asked(route: Route) -> list[Steps]:
    """The paths of which a choice asks whether they are there, if it compares nothing else."""
    rules = mappings(route.choice.body.get("Choices"))
    leaves = [leaf for rule in rules for leaf in _leaves(rule)]
    paths = [steps_of(text(leaf.get("Variable"))) for leaf in leaves]
    if not all(is_true(leaf.get("IsPresent")) for leaf in leaves):
        return []
    return [tuple(steps) for steps in paths if steps]


def _may_fail(route: Route) -> bool:
    rules = mappings(route.choice.body.get("Choices"))
    return any(only_fails(route.scope, text(rule.get("Next"))) for rule in rules)


def _may_be_there(route: Route, steps: Steps) -> bool:
    """Whether a path may be there after the catch: as the error, or put there by a state before."""
    if steps[: len(route.error)] == route.error and route.error != route.below:
        return True
    if route.error == route.below:  # the error has replaced all else
        return steps[len(route.below)] in _CAUGHT if len(steps) > len(route.below) else True
    own = list(steps[len(route.below) :])
    before = list(_before(route))
    answers = [state.body for state in before if state.type in _ANSWERING]
    catches = [one for state in before for one in mappings(state.body.get("Catch"))]
    # An answer that replaces all may hold anything; an error that does holds nothing else.
    put = [steps_of(text(holder.get("ResultPath", "$"))) for holder in answers]
    put += [steps_of(text(one.get("ResultPath"))) or ["Error"] for one in catches]
    return any(place is None or place == own[: len(place)] for place in put)


def _before(route: Route) -> Iterator[State]:
    """The states that may have put something into what the state that catches was given."""
    own = route.state.place
    for scope in route.machine.scopes:
        inner = (state for state in scope.states.values() if _is_around(state.place, own))
        around = next(inner, None)
        for state in scope.states.values() if around is not None else ():
            copies = state.type == "Pass" and not {"Result", "Parameters"} & set(state.body)
            if state is not around and not copies and around in _after(scope, state):
                yield state


def _is_around(place: str, own: str) -> bool:
    return own == place or own.startswith((f"{place}[", f"{place}/"))


def _after(scope: Scope, state: State) -> list[State]:
    """The states of a scope to which one leads, by whatever way."""
    waiting, found = [state], list[State]()
    while waiting:
        for _, name in transitions(waiting.pop()):
            following = scope.states.get(name)
            if following is not None and following not in found:
                found.append(following)
                waiting.append(following)
    return found


def _leaves(rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    inner = (*mappings(rule.get("And")), *mappings(rule.get("Or")), *mappings(rule.get("Not")))
    if not inner:
        yield rule
    for part in inner:
        yield from _leaves(part)


def _succeeds(scope: Scope, name: object, usual: object) -> bool:
    """Whether a state succeeds with nothing done, and is not where the way leads anyhow."""
    found = scope.states.get(text(name))
    return found is not None and found.type == "Succeed" and name != usual


def _asks_only_for(rule: Mapping[str, Any], error: Steps) -> bool:
    """Whether a rule asks whether there is an error, and nothing else."""
    steps = tuple(steps_of(text(rule.get("Variable"))) or ())
    there = (error, *((*error, name) for name in _CAUGHT))
    return is_true(rule.get("IsPresent")) and bool(steps) and steps in there


def _written(steps: Steps) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


RULES = (caught_errors_are_found, failures_do_not_end_well)
