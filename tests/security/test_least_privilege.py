"""The roles of each stage may do what they did, and what stands on the list, and no more."""

from __future__ import annotations

import pytest

from gate import iam
from gate.assembly import Assembly
from gate.iam import evidence, reasons
from gate.iam.proof import cases, prove


@pytest.fixture(params=["prod", "local"])
def stage(request: pytest.FixtureRequest) -> tuple[str, Assembly]:
    return request.param, request.getfixturevalue(request.param)


def test_least_privilege_is_proven(stage: tuple[str, Assembly]) -> None:
    name, assembly = stage
    assert [str(finding) for finding in prove(assembly, name)] == []


def test_no_rule_on_policies_finds_anything(stage: tuple[str, Assembly]) -> None:
    assert [str(finding) for finding in iam.check(stage[1])] == []


def test_removing_any_one_statement_of_any_role_is_noticed(stage: tuple[str, Assembly]) -> None:
    name, assembly = stage
    unnoticed = [
        f"{case.role.place}: {statement.actions} on {statement.resources}"
        for case in cases(assembly, name, evidence.read(), reasons.read())
        for statement in case.role.statements
        if case.is_enough(case.role.without(statement))
    ]
    assert unnoticed == []


def test_every_role_that_was_recorded_is_still_there(local: Assembly) -> None:
    places = {case.role.place for case in cases(local, "local", evidence.read(), reasons.read())}
    assert set(evidence.read()) <= places, (
        "record the calls anew: RECORD_CALLS=1 pytest tests/functional/loop"
    )
