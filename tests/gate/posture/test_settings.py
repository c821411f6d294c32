"""Functions are given settings that their code can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.posture.sound import Json, found, resource

_CODE = """
import os
from json import loads
import json

def handler(event, context):
    count = int(os.environ["COUNT"])
    share = float(os.environ.get("SHARE", "1"))
    shadow = os.environ["SHADOW"] == "true"
    names = os.environ["NAMES"].split(",")
    loose = [name.strip() for name in os.getenv("LOOSE", "").split(",")]
    return json.loads(os.environ["MAP"])
"""
_GOOD = {"COUNT": "2", "SHARE": "0.5", "SHADOW": "false", "NAMES": "a,b", "LOOSE": "a, b"}


def _settings(**values: object) -> dict[str, Json]:
    variables = {**_GOOD, "MAP": "{}", **values}
    function = resource(
        "Lambda::Function",
        Handler="index.handler",
        Runtime="python3.13",
        Code={"ZipFile": _CODE},
        Environment={"Variables": variables},
    )
    return {"Planner": function}


def _told(folder: Path, template: dict[str, Json]) -> set[str]:
    return {rule for rule, _ in found(folder, template)} & {"posture.setting-value"}


def test_settings_that_can_be_read_are_told_nothing(tmp_path: Path) -> None:
    assert _told(tmp_path, _settings()) == set()
    assert _told(tmp_path, _settings(COUNT={"Ref": "AWS::NoValue"})) == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUNT", "1.0"),
        ("COUNT", "two"),
        ("SHARE", "50%"),
        ("SHADOW", "True"),
        ("SHADOW", "true "),
        ("NAMES", "a, b"),
        ("NAMES", {"Fn::Join": [", ", ["a", {"Ref": "AWS::Region"}]]}),
        ("MAP", "{'a': 1}"),
    ],
)
def test_a_setting_that_its_code_refuses_is_found(tmp_path: Path, name: str, value: object) -> None:
    assert _told(tmp_path, _settings(**{name: value})) == {"posture.setting-value"}
