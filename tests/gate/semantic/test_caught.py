"""Errors that are caught are found by whoever asks for them, and do not end in success."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gate.semantic import states_caught, states_values
from gate.semantic.function_answers import shape_of_answer
from gate.semantic.function_code import Code
from tests.gate.semantic.templates import GONE, ODD, Resources, found, resource

RULES = states_caught.RULES
CALL = "arn:aws:states:::sagemaker:createProcessingJob.sync"
ALL = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Keep"}]
BRANCH = {
    "StartAt": "Run",
    "States": {
        "Run": {"Type": "Task", "Resource": CALL, "ResultPath": "$.job", "Catch": ALL, "End": True},
        "Keep": {"Type": "Pass", "End": True},
    },
}
SOUND: dict[str, Any] = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Task", "Resource": CALL, "ResultPath": "$.first", "Next": "Both"},
        "Both": {"Type": "Parallel", "Branches": [BRANCH, deepcopy(BRANCH)], "Next": "Well?"},
        "Well?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$[0].failure", "IsPresent": True, "Next": "Failed"},
                {"Variable": "$[1].failure", "IsPresent": True, "Next": "Failed"},
            ],
            "Default": "Last",
        },
        "Failed": {"Type": "Fail"},
        "Last": {
            "Type": "Task",
            "Resource": CALL,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
        "Nothing to do": {"Type": "Succeed"},
    },
}
CATCH = ("Both", "Branches", 0, "States", "Run", "Catch", 0)
RULE = ("Well?", "Choices", 0)
LAST = ("Last", "Catch", 0)


def machine(path: tuple[str | int, ...] = (), value: Any = None) -> Resources:
    definition = deepcopy(SOUND)
    target: Any = definition["States"]
    for step in path[:-1]:
        target = target[step]
    if value is GONE:
        del target[path[-1]]
    elif path:
        target[path[-1]] = value
    written = json.dumps(definition)
    return {"Machine": resource("AWS::StepFunctions::StateMachine", DefinitionString=written)}


def test_an_error_that_is_found_is_well(tmp_path: Path) -> None:
    assert found(RULES, tmp_path, machine()) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ((*CATCH, "ResultPath"), GONE, "semantic.asl-caught"),
        ((*CATCH, "ResultPath"), "$", "semantic.asl-caught"),
        ((*CATCH, "ResultPath"), "$.error", "semantic.asl-caught"),
        ((*RULE, "Variable"), "$[0].error", "semantic.asl-caught"),
        ((*RULE, "Next"), "Nothing to do", "semantic.asl-swallowed"),
        ((*LAST, "Next"), "Nothing to do", "semantic.asl-swallowed"),
    ],
)
def test_an_error_that_is_lost_is_found(
    path: tuple[str | int, ...], value: Any, rule: str, tmp_path: Path
) -> None:
    assert found(RULES, tmp_path, machine(path, value)) == [rule]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        # The error's own fields may be asked for, and what stands below the path of the catch.
        ((*RULE, "Variable"), "$[0].failure.Error"),
        # What an earlier state answered may hold anything.
        (("First", "ResultPath"), GONE),
        # An error that is expected may end well, and so may a last step that is not needed.
        ((*LAST,), {"ErrorEquals": ["Shop.GoneException"], "Next": "Nothing to do"}),
        ((*LAST, "Next"), "Done"),
        # Whatever is not there leads to a failure.
        (("Well?", "Default"), "Failed"),
        # A state between may have told somebody, or put something there.
        ((*CATCH[:4], "Keep", "Result"), {"failure": True}),
        ((*RULE,), {"Variable": "$[0].job", "IsPresent": False, "Next": "Failed"}),
    ],
)
def test_what_may_be_meant_is_left_alone(
    path: tuple[str | int, ...], value: Any, tmp_path: Path
) -> None:
    assert found(RULES, tmp_path, machine(path, value)) == []


def test_an_error_that_replaced_all_may_be_asked_for(tmp_path: Path) -> None:
    replaced = machine((*CATCH, "ResultPath"), GONE)
    written = replaced["Machine"]["Properties"]["DefinitionString"]
    asked = written.replace("$[0].failure", "$[0].Cause")
    replaced["Machine"]["Properties"]["DefinitionString"] = asked
    assert found(RULES, tmp_path, replaced) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (
            "from shop.turn import is_turn\ndef handler(e, c): return {'turn': is_turn(e)}",
            "boolean",
        ),
        ("from shop.turn import is_turn as t\ndef handler(e, c): return {'turn': t(e)}", "boolean"),
        ("from shop.turn import wrapped\ndef handler(e, c): return {'turn': wrapped(e)}", ""),
        ("from shop.turn import untold\ndef handler(e, c): return {'turn': untold(e)}", ""),
        ("from shop.gone import is_turn\ndef handler(e, c): return {'turn': is_turn(e)}", ""),
        ("def own() -> int: return len([])\ndef handler(e, c): return {'turn': own()}", "number"),
    ],
)
def test_an_imported_function_answers_what_it_announces(code: str, kind: str) -> None:
    turn = """
def is_turn(event) -> bool: ...
def untold(event): ...
@any
def wrapped(event) -> bool: ...
"""
    files = {"index.py": code.encode(), "shop/turn.py": turn.encode(), "shop/__init__.py": b""}
    answer = shape_of_answer(Code(files), "index.handler").at(["turn"])
    assert answer is not None
    assert answer.kind == kind


def test_a_boolean_of_an_imported_function_is_compared_as_one(tmp_path: Path) -> None:
    code = "from time import now\ndef handler(event, context): return {'turn': mine()}\n"
    planner = resource(
        "AWS::Lambda::Function",
        Handler="index.handler",
        Runtime="python3.13",
        Code={"ZipFile": f"{code}def mine() -> bool: return now()"},
    )
    states = {
        "Plan": {"Type": "Task", "Resource": "${Planner.Arn}", "Next": "Turn?"},
        "Turn?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.turn", "BooleanEquals": True, "Next": "Go"}],
            "Default": "Plan",
        },
        "Go": {"Type": "Succeed"},
    }
    written = json.dumps({"StartAt": "Plan", "States": states})
    for text, wanted in (
        (written, []),
        (
            written.replace('"BooleanEquals": true', '"StringEquals": "true"'),
            ["semantic.asl-compared"],
        ),
    ):
        own = resource("AWS::StepFunctions::StateMachine", DefinitionString={"Fn::Sub": text})
        assert found(states_values.RULES, tmp_path, {"Planner": planner, "Own": own}) == wanted


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    for odd in ODD:
        for path in (CATCH, RULE, LAST, (*CATCH, "ResultPath"), (*RULE, "Variable"), ("Both",)):
            found(RULES, tmp_path, machine(path, odd))
