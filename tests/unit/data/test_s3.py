"""Tables on S3 are read as those on disk are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.unit.data.tables import csv_file, parquet, table
from tidewatch import drift
from tidewatch.core.errors import DataError


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield from _bucket(monkeypatch, tmp_path_factory.mktemp("tables"))


def _bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket="tables", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    current = table(1000, 1, 0.3)
    s3.upload_file(
        parquet(tmp_path / "a.parquet", current.slice(0, 400)), "tables", "now/a.parquet"
    )
    s3.upload_file(csv_file(tmp_path / "b.csv", current.slice(400)), "tables", "later/b.csv")
    s3.upload_file(parquet(tmp_path / "c.parquet", current.slice(400)), "tables", "now/c.parquet")
    yield "s3://tables"
    server.stop()


def test_a_folder_on_s3_is_a_table(bucket: str) -> None:
    here = drift(table(1000), table(1000, 1, 0.3)).as_dict()
    there = drift(table(1000), f"{bucket}/now/").as_dict()
    assert there["rows"] == here["rows"]
    assert there["features"]["x"]["psi"] == pytest.approx(here["features"]["x"]["psi"], rel=1e-12)
    assert drift(table(1000), f"{bucket}/later/b.csv").report.rows == 600


def test_nothing_on_s3_is_an_error_that_names_the_place(bucket: str) -> None:
    with pytest.raises(DataError, match="s3://tables/nowhere"):
        drift(table(1000), f"{bucket}/nowhere/")
