"""A bucket of a foreign account that has our bucket's name gets nothing and gives nothing."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.infra.conftest import PROJECT


def program_files() -> list[Path]:
    return [
        file
        for folder in ("tidewatch", "monitoring_jobs", "sagemaker", "lambdas")
        for file in sorted((PROJECT / folder).rglob("*.py"))
    ]


def test_every_bucket_that_a_program_opens_is_opened_for_an_owner() -> None:
    """`Bucket(name)` without an owner would trust whoever has a bucket of that name."""
    found = [
        f"{file.relative_to(PROJECT)}:{node.lineno}"
        for file in program_files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Bucket"
        and len(node.args) + len(node.keywords) < 2
    ]
    assert found == []


def test_every_program_that_talks_to_s3_itself_says_whose_bucket_it_means() -> None:
    talking = {
        str(file.relative_to(PROJECT)): text
        for file in program_files()
        if '("s3")' in (text := file.read_text(encoding="utf-8"))
    }
    assert "tidewatch/aws/objects.py" in talking
    assert [file for file, text in talking.items() if "ExpectedBucketOwner" not in text] == []
