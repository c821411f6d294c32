from __future__ import annotations

import json
from pathlib import Path

import pytest

from localcloud.jobs.download import DownloadError, Share, Source, fetch, list_items, name_below
from tests.unit.localcloud.fake_s3 import FakeS3

WHOLE = Share(index=0, of=1)


@pytest.fixture
def s3() -> FakeS3:
    fake = FakeS3()
    for key in ("data/a.csv", "data/deep/b.csv", "data/c.csv", "data/folder/", "other.csv"):
        fake.objects["bucket", key] = key.encode()
    return fake


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.csv"))


@pytest.mark.parametrize(
    ("prefix", "key", "name"),
    [
        ("data/", "data/a/b.csv", "a/b.csv"),
        ("data", "data/a.csv", "a.csv"),
        ("data/a.csv", "data/a.csv", "a.csv"),
        ("data/part-", "data/part-1.csv", "part-1.csv"),
        ("", "data/a.csv", "data/a.csv"),
    ],
)
def test_an_objects_name_is_what_follows_its_prefix(prefix: str, key: str, name: str) -> None:
    assert name_below(prefix, key) == name


def test_a_prefix_is_laid_out_as_a_folder(s3: FakeS3, tmp_path: Path) -> None:
    fetch(s3, Source("s3://bucket/data/"), tmp_path, WHOLE)
    assert files(tmp_path) == ["a.csv", "c.csv", "deep/b.csv"]
    assert (tmp_path / "deep/b.csv").read_text() == "data/deep/b.csv"


def test_shards_share_every_object_once(s3: FakeS3, tmp_path: Path) -> None:
    source = Source("s3://bucket/data/", distribution="ShardedByS3Key")
    for index in range(2):
        fetch(s3, source, tmp_path / str(index), Share(index, 2))
    assert files(tmp_path) == ["0/a.csv", "0/deep/b.csv", "1/c.csv"]


def test_a_manifest_names_objects_below_its_prefix(s3: FakeS3) -> None:
    manifest = [{"prefix": "s3://bucket/data/"}, "a.csv", "deep/b.csv"]
    s3.objects["bucket", "list"] = json.dumps(manifest).encode()
    found = list_items(s3, Source("s3://bucket/list", kind="ManifestFile"))
    assert [(item.key, item.name) for item in found] == [
        ("data/a.csv", "a.csv"),
        ("data/deep/b.csv", "deep/b.csv"),
    ]


def test_a_manifest_of_another_form_is_refused(s3: FakeS3) -> None:
    s3.objects["bucket", "list"] = b'{"a": 1}'
    with pytest.raises(DownloadError, match="expected"):
        list_items(s3, Source("s3://bucket/list", kind="ManifestFile"))


def test_a_key_that_leads_out_of_the_folder_is_refused(s3: FakeS3, tmp_path: Path) -> None:
    s3.objects["bucket", "evil/../../x.csv"] = b"x"
    with pytest.raises(DownloadError, match="leads out"):
        fetch(s3, Source("s3://bucket/evil/"), tmp_path / "in", WHOLE)


def test_nothing_to_download_is_a_fault(s3: FakeS3, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="No S3 objects found"):
        fetch(s3, Source("s3://bucket/nowhere/"), tmp_path, WHOLE)
