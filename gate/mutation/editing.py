"""Reaching into templates: statements of policies, and documents inside properties."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from gate.mutation.mutation import Edit, Json, Kind, NotHereError, fault
from gate.reading import listed

_TOKEN = re.compile(r"⟦(\d+)⟧")
MACHINE = "AWS::StepFunctions::StateMachine"


def rename(mapping: Json, old: str, new: str) -> None:
    """Give the value at `old` another key."""
    mapping[new] = mapping.pop(old)


def statements(properties: Json) -> list[Json]:
    """The statements of whatever policy the properties hold."""
    for name in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument", "RepositoryPolicyText"):
        if name in properties:
            found: list[Json] = properties[name]["Statement"]
            return found
    raise NotHereError("policy")


def statement_on(properties: Json, action: str) -> Json:
    """The first statement that allows `action`, or one that starts so."""
    for statement in statements(properties):
        named = [str(item) for item in listed(statement.get("Action"))]
        if statement.get("Effect") == "Allow" and any(item.startswith(action) for item in named):
            return statement
    raise NotHereError(action)


def statement_of(properties: Json, service: str) -> Json:
    """The first statement whose principal is `service`."""
    for statement in statements(properties):
        if service in json.dumps(statement.get("Principal")):
            return statement
    raise NotHereError(service)


def tls_statement(properties: Json) -> Json:
    """The statement that denies what comes without TLS."""
    return next(item for item in statements(properties) if "SecureTransport" in json.dumps(item))


def edit_text(properties: Json, name: str, edit: Callable[[str], str]) -> None:
    """Edit a text that may be joined from pieces; expressions in it are left as they are."""
    text, expressions = _flat(properties[name])
    edited = edit(text)
    if edited == text:
        raise NotHereError(name)
    properties[name] = _joined(edited, expressions)


def replace_in(properties: Json, name: str, old: str, new: str) -> None:
    """Replace the first `old` in such a text."""
    edit_text(properties, name, lambda text: text.replace(old, new, 1))


def machine_fault(kind: Kind) -> Callable[[Edit], Edit]:
    """Register an edit of a state machine's definition."""

    def register(edit: Edit) -> Edit:
        def of_machine(properties: Json) -> None:
            def edited(text: str) -> str:
                definition = json.loads(text)
                edit(definition)
                same = definition == json.loads(text)
                return text if same else json.dumps(definition, ensure_ascii=False)

            edit_text(properties, "DefinitionString", edited)

        of_machine.__name__, of_machine.__doc__ = edit.__name__, edit.__doc__
        fault(kind, MACHINE)(of_machine)
        return edit

    return register


def states(definition: Json) -> Iterator[tuple[str, Json]]:
    """Every state with its name, the inner ones too."""
    for name, state in definition["States"].items():
        yield name, state
        for branch in state.get("Branches", []):
            yield from states(branch)
        for key in ("Iterator", "ItemProcessor"):
            if key in state:
                yield from states(state[key])


def state(definition: Json, part: str) -> Json:
    """The first Task state whose resource contains `part`."""
    for _, found in states(definition):
        if part in str(found.get("Resource")):
            return found
    raise NotHereError(part)


def request(definition: Json, operation: str) -> Json:
    """The parameters of the first state that calls `operation`."""
    found: Json = state(definition, operation)["Parameters"]
    return found


def of_type(definition: Json, kind: str) -> Json:
    """The first state of a type."""
    return next(found for _, found in states(definition) if found["Type"] == kind)


def _flat(value: Any) -> tuple[str, list[Any]]:
    pieces = value["Fn::Join"][1] if isinstance(value, dict) else [value]
    expressions: list[Any] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
        else:
            text += f"⟦{len(expressions)}⟧"
            expressions.append(piece)
    return text, expressions


def _joined(text: str, expressions: list[Any]) -> Any:
    if not expressions:
        return text
    pieces: list[Any] = _TOKEN.split(text)
    for position in range(1, len(pieces), 2):
        pieces[position] = expressions[int(pieces[position])]
    return {"Fn::Join": ["", [piece for piece in pieces if piece != ""]]}
