"""One local cloud for all functional tests, on a temporary folder, ended at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from localcloud.cloud import LocalCloud


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    started = LocalCloud.start(tmp_path_factory.mktemp("cloud"))
    yield started
    started.stop()
