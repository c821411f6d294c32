"""What an assembly uploads is there, and needs no Docker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate import assets
from tests.gate.core.conftest import Write

FILE = {"source": {"path": "asset.abc"}, "destinations": {}}


@pytest.mark.parametrize(
    ("manifest", "rules"),
    [
        ({"files": {}, "dockerImages": {}}, []),
        ({"files": {"abc": FILE}}, ["assets.file-missing"]),
        ({"dockerImages": {"image": {}}}, ["assets.docker-image"]),
        ([], ["assets.manifest-unreadable"]),
    ],
)
def test_a_manifest_of_assets_is_judged(
    tmp_path: Path, assembled: Write, manifest: Any, rules: list[str]
) -> None:
    (tmp_path / "one.assets.json").write_text(json.dumps(manifest))
    assembly = assembled(one={"Resources": {}})
    assert [found.rule for rule in assets.RULES for found in rule(assembly)] == rules


def test_a_file_that_is_there_is_no_finding(tmp_path: Path, assembled: Write) -> None:
    (tmp_path / "one.assets.json").write_text(json.dumps({"files": {"abc": FILE}}))
    (tmp_path / "asset.abc").mkdir()
    assembly = assembled(one={"Resources": {}})
    assert not [found for rule in assets.RULES for found in rule(assembly)]
