from __future__ import annotations

import tarfile
from pathlib import Path

from localcloud.jobs.upload import pack, upload_folder
from tests.unit.localcloud.fake_s3 import FakeS3


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_files_are_put_below_the_prefix_and_symlinks_are_not(tmp_path: Path) -> None:
    folder = write(tmp_path / "out", a="1")
    write(folder / "deep", b="2")
    (folder / "link").symlink_to(folder / "a")
    (folder / "deep-link").symlink_to(folder / "deep")
    s3 = FakeS3()
    assert upload_folder(s3, folder, "s3://bucket/prefix/") == 2
    assert s3.objects == {("bucket", "prefix/a"): b"1", ("bucket", "prefix/deep/b"): b"2"}


def test_the_first_instances_file_counts_where_two_have_one(tmp_path: Path) -> None:
    first = write(tmp_path / "1", model="from the first")
    second = write(tmp_path / "2", model="from the second", more="only the second's")
    archive = tmp_path / "model.tar.gz"
    assert pack([first, second], archive) == 2
    with tarfile.open(archive) as tar:
        member = tar.extractfile("model")
        assert member is not None
        assert member.read() == b"from the first"
        assert tar.getnames() == ["model", "more"]


def test_an_empty_folder_is_an_empty_archive(tmp_path: Path) -> None:
    assert pack([tmp_path / "nothing"], tmp_path / "model.tar.gz") == 0
