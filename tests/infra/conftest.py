"""The templates of a stage, synthesised once."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from stacks.platform import add_platform
from tidewatch.core.config import Config, load_config

PROJECT = Path(__file__).parents[2]


def synthesised(config: Config, assembly: Path) -> dict[str, Template]:
    """The templates of a stage by their stacks' names, under the same flags as the app's."""
    context = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(outdir=str(assembly), context=context)
    stage = add_platform(app, config=config, image_tag="1")
    return {
        child.node.id: Template.from_stack(child)
        for child in stage.node.children
        if isinstance(child, cdk.Stack)
    }


@pytest.fixture(scope="session")
def config() -> Config:
    return load_config(PROJECT / "config", "prod")


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cdk")


@pytest.fixture(scope="session")
def lambda_package(assembly: Path, templates: dict[str, Template]) -> Path:
    assert templates  # their synthesis packs it
    return assembly / "lambda-package"


@pytest.fixture(scope="session")
def templates(config: Config, assembly: Path) -> dict[str, Template]:
    return synthesised(config, assembly)
