"""Choices over values of a known kind: what is compared can be equal at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mappings, text
from gate.semantic.data_shape import UNKNOWN, Shape
from gate.semantic.function_answers import answers_of
from gate.semantic.path import steps_of
from gate.semantic.state_machine import JSONATA, Machine, State, machines
from gate.semantic.states_flow import flow_through

_KINDS = {"String": "string", "Timestamp": "string", "Numeric": "number", "Boolean": "boolean"}


def choices_compare_like_with_like(assembly: Assembly) -> Iterable[Finding]:
    """What a service or a function answers is compared as what it is, and with what it can be."""
    for machine in machines(assembly):
        for state, shape in choices_in(assembly, machine):
            for rule in mappings(state.body.get("Choices")):
                for reason in _faults(rule, shape):
                    name = f"{state.place}: {reason}"
                    yield machine.resource.finding("semantic.asl-compared", name)


def choices_in(assembly: Assembly, machine: Machine) -> Iterator[tuple[State, Shape]]:
    """The choices of a machine that are reached, with what each chooses by."""
    if any(state.language == JSONATA for state in machine.states()):
        return
    taken, _ = flow_through(machine, answers_of(assembly))
    for state in machine.states():
        if state.type == "Choice" and state.place in taken:
            yield state, taken[state.place]


def variable(rule: Mapping[str, Any], shape: Shape) -> Shape:
    """What is known of the variable of a comparison."""
    steps = steps_of(text(rule.get("Variable")))
    return UNKNOWN if steps is None else shape.at(steps) or UNKNOWN


def _faults(rule: Mapping[str, Any], shape: Shape) -> Iterator[str]:
    for name in ("And", "Or", "Not"):
        for part in mappings(rule.get(name)):
            yield from _faults(part, shape)
    found = variable(rule, shape)
    for name, value in rule.items():
        wanted = next((kind for word, kind in _KINDS.items() if name.startswith(word)), "")
        if wanted and found.kind and wanted != found.kind:
            yield (
                f"{name} compares {rule['Variable']}, which is a {found.kind}: it is never true;"
                f" compare it as a {found.kind}"
            )
        elif name == "StringEquals" and found.values and str(value) not in found.values:
            some = ", ".join(sorted(found.values)[:10])
            yield f"{rule['Variable']} is never {value!r}, expected one of {some}"


RULES = (choices_compare_like_with_like,)
