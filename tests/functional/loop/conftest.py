"""The deployed platform after two months of traffic, shared by all tests of the loop."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from demo.background_cloud import BackgroundCloud
from demo.deployment import Deployment, deploy
from demo.facts import Facts
from demo.history import History
from demo.narrator import Narrator
from demo.places import Places
from demo.story import Loop

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class World:
    """What ran, and what the world outside counted."""

    places: Places
    cloud: BackgroundCloud
    deployment: Deployment
    facts: Facts
    loop: Loop
    calls: Path
    """Where the cloud wrote down which role made which call."""

    @property
    def history(self) -> History:
        return History(self.cloud, self.deployment)


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    places = Places(PROJECT, tmp_path_factory.mktemp("demo"))
    calls = tmp_path_factory.mktemp("calls") / "calls.jsonl"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOCALCLOUD_CALLS", str(calls))
        cloud = BackgroundCloud.start(places)
    try:
        deployment = deploy(places, cloud, lambda _text: None)
        facts = Facts(started_at=datetime.now(UTC))
        narrator = Narrator(Console(file=io.StringIO()))
        loop = Loop(places, cloud, deployment, narrator, facts)
        loop.first_version()
        loop.month(4)
        loop.month(5)
        yield World(places, cloud, deployment, facts, loop, calls)
    finally:
        BackgroundCloud.stop(places)
