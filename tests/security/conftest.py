"""The stages' assemblies, as the gate sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.assembly import Assembly
from tests.infra.conftest import PROJECT, synthesised
from tidewatch.core.config import load_config


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The stage that has a network."""
    return stage_assembly("prod", tmp_path_factory.mktemp("prod"))


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The stage that has none."""
    return stage_assembly("local", tmp_path_factory.mktemp("local"))


def stage_assembly(stage: str, folder: Path) -> Assembly:
    """The assembly of a stage."""
    synthesised(load_config(PROJECT / "config", stage), folder)
    return Assembly.read(folder)
