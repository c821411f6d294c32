"""Functions: code that is there, runtimes that are supported, settings within limits."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gate.semantic import lambda_code, lambda_settings
from tests.gate.semantic.templates import GONE, ODD, Resources, changed, found, resource

RULES = (*lambda_code.RULES, *lambda_settings.RULES)
ASSET = "0123456789abcdef"
SOUND: Resources = {
    "Function": resource(
        "AWS::Lambda::Function",
        Runtime="python3.13",
        Handler="shop.handler.handler",
        Code={"S3Bucket": "assets", "S3Key": f"{ASSET}.zip"},
        MemorySize=256,
        Timeout=30,
        Environment={"Variables": {"MODE": "fast"}},
    ),
    "Inline": resource(
        "AWS::Lambda::Function",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Code={"ZipFile": "exports.handler = async () => 1"},
    ),
    "Queue": resource("AWS::SQS::Queue", VisibilityTimeout=60),
    "Source": resource(
        "AWS::Lambda::EventSourceMapping",
        EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
        FunctionName={"Ref": "Function"},
    ),
}
FILES = {
    "shop/__init__.py": "",
    "shop/handler.py": "import boto3\nfrom shop.orders import count\nfrom . import orders\n"
    "def handler(event, context):\n    return count(event)\n",
    "shop/orders.py": "def count(event):\n    return 1\n",
    "six.py": "",
    "six-1.0.dist-info/RECORD": "six.py,,\n",
}


def declare(folder: Path, source: str) -> None:
    """Tell where the code is uploaded from."""
    place = {"bucketName": "assets", "objectKey": f"{ASSET}.zip"}
    file = {"source": {"path": source}, "destinations": {"here": place}}
    manifest = {"files": {ASSET: file}}
    (folder / "stack.assets.json").write_text(json.dumps(manifest), encoding="utf-8")


def write(folder: Path, files: dict[str, str]) -> None:
    declare(folder, f"asset.{ASSET}")
    for name, content in files.items():
        path = folder / f"asset.{ASSET}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def test_sound_functions_have_no_finding(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert found(RULES, tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("Function.Handler", "shop.handlers.handler", "semantic.handler"),
        ("Function.Handler", "shop.handler.handle", "semantic.handler"),
        ("Function.Handler", "handler", "semantic.handler"),
        ("Inline.Handler", "index.main", "semantic.handler"),
        ("Inline.Handler", "main.handler", "semantic.handler"),
        ("Function.Runtime", "python3.8", "semantic.runtime"),
        ("Inline.Runtime", "nodejs16.x", "semantic.runtime"),
        ("Function.MemorySize", 64, "semantic.function-limit"),
        ("Function.Timeout", 901, "semantic.function-limit"),
        ("Function.Environment.Variables.AWS_REGION", "eu-west-1", "semantic.function-limit"),
        ("Function.Environment.Variables.A", "short", "semantic.function-limit"),
        ("Function.Environment.Variables.LONG", "x" * 5000, "semantic.function-limit"),
        ("Queue.VisibilityTimeout", 10, "semantic.visibility"),
        ("Function.Timeout", 100, "semantic.visibility"),
    ],
)
def test_a_fault_in_a_function_is_found(path: str, value: Any, rule: str, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert rule in found(RULES, tmp_path, changed(SOUND, path, value))


@pytest.mark.parametrize(
    "files",
    [
        {"shop/handler.py": "from shop.order import count\nhandler = count\n"},
        {"shop/orders.py": "def count(:\n"},
        {"shop/orders.py": "import shop.prices\n"},
    ],
)
def test_a_handler_that_cannot_be_imported_is_found(files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, FILES | files)
    assert found(RULES, tmp_path, SOUND) == ["semantic.handler-import"]


def test_code_may_be_packed(tmp_path: Path) -> None:
    declare(tmp_path, f"asset.{ASSET}.zip")
    with zipfile.ZipFile(tmp_path / f"asset.{ASSET}.zip", "w") as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    assert found(RULES, tmp_path, SOUND) == []
    lost = changed(SOUND, "Function.Handler", "shop.main.handler")
    assert found(RULES, tmp_path, lost) == ["semantic.handler"]


def test_modules_that_others_made_at_run_time_are_theirs(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"shop/orders.py": "import six\ndef count(event):\n    return 1\n"})
    assert found(RULES, tmp_path, SOUND) == []


def test_a_function_without_its_code_is_not_judged(tmp_path: Path) -> None:
    image = changed(SOUND, "Function.Code", {"ImageUri": "image"})
    assert found(RULES, tmp_path, changed(image, "Function.Handler", GONE)) == []


def test_odd_input_is_no_traceback(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    for odd in ODD:
        for path in (
            "Function.Handler",
            "Function.Code",
            "Function.Environment",
            "Source.EventSourceArn",
        ):
            found(RULES, tmp_path, changed(SOUND, path, odd))
