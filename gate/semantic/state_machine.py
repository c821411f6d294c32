"""State machines of an assembly, read into their states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.reading import mapping, mappings, text

TYPE = "AWS::StepFunctions::StateMachine"
JSONATA = "JSONata"

_SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


class DefinitionError(ValueError):
    """A definition that is no JSON object."""


@dataclass(frozen=True, eq=False)
class State:
    """One state, with where it stands: `Judge[0]/Run job` is a state of a parallel's first branch.

    `body` is what the definition says; `language` is how its data is selected.
    """

    name: str
    place: str
    body: Mapping[str, Any]
    language: str

    @property
    def type(self) -> str:
        """Task, Choice, Pass …"""
        return text(self.body.get("Type"))

    @property
    def request(self) -> object:
        """What a task sends: its parameters or, in JSONata, its arguments."""
        return self.body.get("Arguments" if self.language == JSONATA else "Parameters", {})


@dataclass(frozen=True, eq=False)
class Scope:
    """States that may follow each other: a machine's, a branch's, or a map's processor's."""

    place: str
    body: Mapping[str, Any]
    states: Mapping[str, State]


@dataclass(frozen=True, eq=False)
class Machine:
    """A state machine, its definition and its scopes, the outermost first."""

    resource: Resource
    definition: Mapping[str, Any]
    scopes: tuple[Scope, ...]

    def states(self) -> Iterator[State]:
        """Every state of every scope."""
        for scope in self.scopes:
            yield from scope.states.values()


def machines(assembly: Assembly) -> Iterator[Machine]:
    """Every state machine whose definition is in the template and can be read."""
    for resource in assembly.resources(TYPE):
        try:
            definition = definition_of(resource)
        except DefinitionError:
            continue
        if definition:
            yield Machine(resource, definition, tuple(_scopes(definition, "", "JSONPath")))


def definition_of(resource: Resource) -> Mapping[str, Any]:
    """The machine's definition; empty where it is kept elsewhere. DefinitionError where faulty."""
    properties = resource.properties
    definition = properties.get("DefinitionString", properties.get("Definition", {}))
    known = mapping(properties.get("DefinitionSubstitutions"))
    if known and isinstance(definition, Mapping):
        definition = json.dumps(definition)
    if isinstance(definition, str):
        filled = _SUBSTITUTION.sub(lambda found: str(known.get(found[1], found[0])), definition)
        try:
            definition = json.loads(filled)
        except ValueError as error:
            raise DefinitionError(str(error)) from error
    if not isinstance(definition, Mapping):
        raise DefinitionError(f"{type(definition).__name__} found")
    return definition


def transitions(state: State) -> Iterator[tuple[str, str]]:
    """The states that may follow, each with the field that names it."""
    for field in ("Next", "Default"):
        if field in state.body:
            yield field, str(state.body[field])
    for field in ("Choices", "Catch"):
        for index, item in enumerate(mappings(state.body.get(field))):
            if "Next" in item:
                yield f"{field}[{index}].Next", str(item["Next"])


def _scopes(body: Mapping[str, Any], place: str, inherited: str) -> Iterator[Scope]:
    language = text(body.get("QueryLanguage")) or inherited
    states = {
        str(name): State(
            str(name), f"{place}{name}", state, text(state.get("QueryLanguage")) or language
        )
        for name, state in mapping(body.get("States")).items()
        if isinstance(state, Mapping)
    }
    yield Scope(place, body, states)
    for state in states.values():
        for label, inner in _inner(state.body):
            yield from _scopes(inner, f"{state.place}{label}/", language)


def _inner(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, branch in enumerate(mappings(body.get("Branches"))):
        yield f"[{index}]", branch
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(body.get(field), Mapping):
            yield "", body[field]
