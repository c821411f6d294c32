"""One local cloud for all functional tests, on a temporary folder, ended at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from mlflow.store.artifact import s3_artifact_repo

from localcloud.cloud import LocalCloud

IMAGES = Path(__file__).parent / "localcloud" / "containers"


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    started = LocalCloud.start(tmp_path_factory.mktemp("cloud"), images=IMAGES)
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test inherits the credentials that another test's code left in a cache."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    s3_artifact_repo._cached_get_s3_client.cache_clear()
