"""One local cloud for all functional tests, on a temporary folder, ended at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.cloud import LocalCloud

IMAGES = Path(__file__).parent / "localcloud" / "containers"


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    started = LocalCloud.start(tmp_path_factory.mktemp("cloud"), images=IMAGES)
    yield started
    started.stop()
