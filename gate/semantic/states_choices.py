"""Choices: comparisons that exist, and an answer for every input."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mapping, mappings
from gate.semantic.state_machine import JSONATA, State, machines

_TYPED = ("Equals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals")
_COMPARISONS = {
    *(f"{kind}{word}" for kind in ("String", "Numeric", "Timestamp") for word in _TYPED),
    "BooleanEquals",
    "StringMatches",
    *(f"Is{word}" for word in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")),
}
_COMPARISONS |= {f"{name}Path" for name in _COMPARISONS if not name.startswith("Is")} - {
    "StringMatchesPath"
}
_COMBINED = ("And", "Or", "Not")
_BESIDE = {"Variable", "Next", "Comment", "Assign", "Output"}
_OPPOSITES = {
    "NumericGreaterThan": "NumericLessThanEquals",
    "NumericLessThan": "NumericGreaterThanEquals",
    "StringGreaterThan": "StringLessThanEquals",
    "StringLessThan": "StringGreaterThanEquals",
    "TimestampGreaterThan": "TimestampLessThanEquals",
    "TimestampLessThan": "TimestampGreaterThanEquals",
}


def comparisons_exist(assembly: Assembly) -> Iterable[Finding]:
    """Each rule of a choice compares one variable in one way that there is."""
    for machine in machines(assembly):
        for state in machine.states():
            if state.type != "Choice" or state.language == JSONATA:
                continue
            for index, rule in enumerate(mappings(state.body.get("Choices"))):
                for reason in _faults(rule, f"Choices[{index}]", outer=True):
                    name = f"{state.place}: {reason}"
                    yield machine.resource.finding("semantic.asl-choice", name)


def choices_answer_every_input(assembly: Assembly) -> Iterable[Finding]:
    """A choice has a default, unless two of its rules are each other's opposite."""
    for machine in machines(assembly):
        for state in machine.states():
            if state.type == "Choice" and not _is_exhaustive(state):
                reason = (
                    f"{state.place} has no Default, and its rules leave inputs open:"
                    " the execution fails with States.NoChoiceMatched; add a Default"
                )
                yield machine.resource.finding("semantic.asl-default", reason)


def _faults(rule: Mapping[str, Any], where: str, *, outer: bool) -> Iterator[str]:
    if outer and "Next" not in rule:
        yield f"{where} has no Next"
    compared = [key for key in rule if key not in _BESIDE]
    if len(compared) != 1:
        found = ", ".join(compared) or "none"
        yield f"{where} has the comparisons {found}, expected exactly one"
        return
    (name,) = compared
    if name in _COMBINED:
        inner = [mapping(rule[name])] if name == "Not" else mappings(rule[name])
        for index, part in enumerate(inner):
            yield from _faults(part, f"{where}.{name}[{index}]", outer=False)
    elif name not in _COMPARISONS:
        yield f"{where} compares with {name!r}, which is no comparison of the states language"
    elif "Variable" not in rule:
        yield f"{where} compares nothing: it has no Variable"


def _is_exhaustive(state: State) -> bool:
    if "Default" in state.body:
        return True
    rules = [_compared(rule) for rule in mappings(state.body.get("Choices"))]
    known = {json.dumps(rule, sort_keys=True) for rule in rules}
    return any(
        json.dumps(opposite, sort_keys=True) in known
        for rule in rules
        for opposite in _opposites(rule)
    )


def _compared(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in ("Next", "Comment", "Assign")}


def _opposites(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"Not": rule}
    for name, value in rule.items():
        rest = {key: item for key, item in rule.items() if key != name}
        if isinstance(value, bool):
            yield {**rest, name: not value}
        if name in _OPPOSITES:
            yield {**rest, _OPPOSITES[name]: value}


RULES = (comparisons_exist, choices_answer_every_input)
