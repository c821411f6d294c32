"""Branches of a Parallel that keep their failures to themselves, all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gate.posture import branches
from tests.gate.posture.sound import assembly, resource

CATCH = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Note"}]}


def machine(*handlers: dict[str, Any]) -> dict[str, Any]:
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    note = {"Type": "Pass", "End": True}
    parallel = {
        "Type": "Parallel",
        "End": True,
        "Branches": [
            {"StartAt": f"Job{number}", "States": {f"Job{number}": {**task, **more}, "Note": note}}
            for number, more in enumerate(handlers)
        ],
    }
    definition = {"StartAt": "Both", "States": {"Both": parallel}}
    return resource("StepFunctions::StateMachine", Definition=definition)


@pytest.mark.parametrize(
    ("handlers", "careless"),
    [
        (({}, {}), []),
        ((CATCH, CATCH), []),
        ((CATCH, {}), ["Job1"]),
        (({"Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Note"}]}, CATCH), ["Job0"]),
    ],
)
def test_a_branch_catches_where_another_does(
    handlers: tuple[dict[str, Any], ...], careless: list[str], tmp_path: Path
) -> None:
    read = assembly(tmp_path, {"Machine": machine(*handlers)})
    found = [finding for rule in branches.RULES for finding in rule(read)]
    assert len(found) == len(careless)
    for finding, name in zip(found, careless, strict=True):
        assert f"state {name!r}" in finding.reason
