"""Planted faults change what they say, in one place, and a sample of them is found."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path

import pytest

from gate.mutation import verdicts
from gate.mutation.catalogue import catalogue
from gate.mutation.editing import edit_text, states
from gate.mutation.mutant import Mutant, first_mutant, mutants
from gate.mutation.mutation import Json, Mutation, NotHereError, changed_resources
from gate.mutation.verdicts import Verdict
from gate.mutation.workbench import Workbench, copy_assembly
from tests.gate.posture.sound import SOUND

_KEY = {"Fn::GetAtt": ["Key", "Arn"]}
_DEFINITION = {
    "StartAt": "Run",
    "States": {
        "Run": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
            "Parameters": {"StoppingCondition": {"MaxRuntimeInSeconds": 3600}, "RoleArn": "⟦⟧"},
            "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 3}],
            "End": True,
        }
    },
}
_BEFORE, _AFTER = json.dumps(_DEFINITION, ensure_ascii=False).split("⟦⟧")
TEMPLATE: Json = {
    "Resources": {
        "Key": SOUND["Key"],
        "Data": SOUND["Data"],
        "Logs": SOUND["Logs"],
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"DefinitionString": {"Fn::Join": ["", [_BEFORE, _KEY, _AFTER]]}},
        },
    }
}
# Mutation, the resource that it changes, and the rule that has to find it.
SAMPLE = [
    ("bucket-deleted", "Logs", "template.reference"),
    ("bucket-goes-with-its-stack", "Data", "posture.retention-odd"),
    ("bucket-policy-block-off", "Data", "posture.bucket-public"),
    ("job-stopped-at-once", "Machine", "posture.job-stops"),
    ("key-rotation-off", "Key", "posture.key-rotation"),
    ("parameter-with-secret-default", "", "posture.secret-parameter"),
    ("state-never-retries", "Machine", "posture.state-retry"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "stack.template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return tmp_path / "clean"


def test_there_are_more_than_a_hundred_and_twenty_faults_of_four_kinds() -> None:
    kinds = [mutation.kind for mutation in catalogue().values()]
    assert len(kinds) >= 120
    assert set(kinds) == {"schema", "semantic", "security", "reliability"}
    assert min(kinds.count(kind) for kind in set(kinds)) >= 30


@pytest.mark.parametrize("mutation", catalogue().values(), ids=list(catalogue()))
def test_a_fault_changes_a_copy_or_says_that_it_does_not_apply(mutation: Mutation) -> None:
    before = copy.deepcopy(TEMPLATE)
    with contextlib.suppress(NotHereError):
        assert mutation.mutate(TEMPLATE) != before
    assert before == TEMPLATE


@pytest.mark.parametrize("mutation", catalogue().values(), ids=list(catalogue()))
def test_a_fault_says_what_it_is(mutation: Mutation) -> None:
    assert mutation.fault.endswith(".")
    assert "|" not in mutation.fault


@pytest.mark.parametrize(("name", "where"), [row[:2] for row in SAMPLE])
def test_a_fault_is_planted_in_one_place(folder: Path, name: str, where: str) -> None:
    mutant = first_mutant(catalogue()[name], {"prod": folder})
    assert mutant is not None
    assert mutant.resources == ((where,) if where else ())
    assert changed_resources(TEMPLATE, mutant.template) == list(mutant.resources)


def test_the_rules_find_a_sample(folder: Path, tmp_path: Path) -> None:
    bench = Workbench(folder, tmp_path / "copy")
    planted, _ = mutants([catalogue()[row[0]] for row in SAMPLE], {"prod": folder})
    found = {mutant.name: bench.kill(mutant) for mutant in planted}
    assert {name: told and told.rule for name, told in found.items()} == {
        name: rule for name, _, rule in SAMPLE
    }


def test_a_fault_without_a_place_is_named(folder: Path) -> None:
    assert mutants([catalogue()["repository-scan-off"]], {"prod": folder}) == (
        [],
        ["repository-scan-off"],
    )


def test_a_clean_copy_is_left_behind(folder: Path, tmp_path: Path) -> None:
    bench = Workbench(folder, tmp_path / "copy")
    mutant = first_mutant(catalogue()["key-rotation-off"], {"prod": folder})
    assert mutant is not None
    bench.kill(mutant)
    copied = tmp_path / "copy" / "stack.template.json"
    assert json.loads(copied.read_text(encoding="utf-8")) == TEMPLATE


def test_a_copy_links_assets_and_copies_stages(tmp_path: Path) -> None:
    (tmp_path / "out" / "assembly-prod").mkdir(parents=True)
    (tmp_path / "out" / "asset.1").mkdir()
    (tmp_path / "out" / "assembly-prod" / "stack.template.json").write_text("{}")
    copy_assembly(tmp_path / "out", tmp_path / "copy")
    assert (tmp_path / "copy" / "asset.1").is_symlink()
    assert (tmp_path / "copy" / "assembly-prod" / "stack.template.json").read_text() == "{}"
    assert not (tmp_path / "copy" / "assembly-prod").is_symlink()


def test_expressions_in_a_text_survive_its_editing() -> None:
    properties = copy.deepcopy(TEMPLATE["Resources"]["Machine"]["Properties"])
    edit_text(properties, "DefinitionString", lambda text: text.replace("Run", "Go"))
    pieces = properties["DefinitionString"]["Fn::Join"][1]
    assert pieces[1] == _KEY
    assert "Go" in pieces[0]


def test_states_inside_states_are_walked() -> None:
    inner = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    outer = {"States": {"A": {"Type": "Map", "ItemProcessor": inner}}}
    assert [name for name, _ in states(outer)] == ["A", "B"]


def test_the_report_goes_between_its_marks(tmp_path: Path) -> None:
    mutation = catalogue()["key-rotation-off"]
    mutant = Mutant(mutation.name, "prod", "stack", Path("t"), ("Key",), {})
    told = [Verdict(mutation, mutant, "posture.key-rotation"), Verdict(mutation, mutant, None)]
    document = tmp_path / "gate.md"
    document.write_text(
        "above\n<!-- mutation report: start -->\nold\n<!-- mutation report: end -->\nbelow\n"
    )
    verdicts.write(verdicts.report(told, 0, ["never"]), document)
    text = document.read_text(encoding="utf-8")
    assert text.startswith("above\n")
    assert text.endswith("\nbelow\n")
    assert "old" not in text
    assert "1 of 2 mutants found (50.0%); findings on clean templates: 0." in text
    assert "| security | 2 | 1 | 0 | 1 |" in text
    assert "- `key-rotation-off`, in stack/Key: A key is never rotated." in text
    assert "`never`" in text
