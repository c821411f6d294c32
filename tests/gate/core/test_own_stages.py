"""Our own stages, synthesised as the gate does it: with the stock command line and no Docker."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from gate import assets, rules, synthesis
from gate.assembly import Assembly
from gate.intrinsics import UNRESOLVED


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    target = tmp_path_factory.mktemp("gate") / "prod"
    assert synthesis.synthesise("prod", target, seed=1) is None
    return Assembly.read(target)


def test_every_value_of_our_templates_resolves(prod: Assembly) -> None:
    assert list(prod.faults) == []
    assert not [
        resource.name
        for resource in prod.resources()
        if UNRESOLVED in str(resource.properties) or "Fn::" in str(resource.properties)
    ]


def test_every_function_with_code_of_ours_has_its_asset(prod: Assembly) -> None:
    functions = [
        function
        for function in prod.resources("AWS::Lambda::Function")
        if "S3Key" in function.properties["Code"]
    ]
    assert functions
    assert all((prod.asset(function) or Path()).is_dir() for function in functions)


def test_every_role_of_a_function_is_found_across_stacks(prod: Assembly) -> None:
    for function in prod.resources("AWS::Lambda::Function"):
        role = prod.at(function.properties["Role"])
        assert role is not None
        assert role.type == "AWS::IAM::Role"


def test_our_assembly_needs_no_docker_and_is_whole(prod: Assembly) -> None:
    assert [found for rule in assets.RULES for found in rule(prod)] == []


def test_a_stack_by_itself_is_told_nothing_of_what_it_imports(
    prod: Assembly, tmp_path: Path
) -> None:
    for template in prod.templates:
        folder = tmp_path / template.stack
        folder.mkdir()
        shutil.copy(template.path, folder)
        assert [str(found) for found in rules.scan(folder)] == []


def test_docker_is_off_the_path_of_a_synthesis(tmp_path: Path) -> None:
    path = synthesis._environment(tmp_path / "stage", seed=1)["PATH"]
    assert shutil.which("docker", path=path) is None
    assert shutil.which("node", path=path) is not None
    assert len(path.split(os.pathsep)) == 2


def test_two_syntheses_that_differ_are_one_finding(tmp_path: Path) -> None:
    for folder, text in (("one", "{}"), ("two", "[]")):
        (tmp_path / folder).mkdir()
        for name in ("a.template.json", "tree.json", "performance-counters.json"):
            (tmp_path / folder / name).write_text(text)
    (found,) = synthesis.differences("dev", tmp_path / "one", tmp_path / "two")
    assert (found.rule, found.resource) == ("synth.unstable", "dev/a.template.json")
    assert "found 2 files" in found.reason


def test_a_stage_that_the_cdk_refuses_is_a_finding_with_its_words(tmp_path: Path) -> None:
    found = synthesis.synthesise("no-such-stage", tmp_path / "stage", seed=1)
    assert found is not None
    assert found.rule == "synth.failed"
    assert "no-such-stage" in found.reason
