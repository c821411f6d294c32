"""Whatever unpacks a model's archive writes inside its folder, and nothing but plain files."""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.endpoints.artefact import unpack
from tidewatch.core.errors import ModelFormatError
from tidewatch.serving import artifact
from tidewatch.serving.artifact import unpack_artifact

Unpack = Callable[[Path, Path], None]
SECRET = "outside"


def _by_the_local_cloud(archive: Path, folder: Path) -> None:
    unpack(archive, folder, "s3://bucket/model.tar.gz")


UNPACKERS = [
    pytest.param(unpack_artifact, id="serving and evaluation"),
    pytest.param(_by_the_local_cloud, id="local cloud"),
]


def file(name: str, content: bytes = b"x") -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


HOSTILE = {
    "a name that climbs": [file("../evil")],
    "a name that climbs later": [file("deep/../../evil")],
    "a link out": [special("model.txt", tarfile.SYMTYPE, "../../outside")],
    "an absolute link": [special("model.txt", tarfile.SYMTYPE, "/etc/passwd")],
    "a hard link out": [special("model.txt", tarfile.LNKTYPE, "../outside")],
    "a write through a link": [
        special("way", tarfile.SYMTYPE, ".."),
        file("way/evil"),
    ],
    "a write through two links": [
        special("a", tarfile.SYMTYPE, "."),
        special("a/b", tarfile.SYMTYPE, ".."),
        file("a/b/evil"),
    ],
    "a character device": [special("model.txt", tarfile.CHRTYPE)],
    "a block device": [special("model.txt", tarfile.BLKTYPE)],
}


@pytest.mark.parametrize("unpack_with", UNPACKERS)
@pytest.mark.parametrize("members", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing_outside(
    tmp_path: Path, unpack_with: Unpack, members: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    (tmp_path / "outside").write_text(SECRET)
    archive = packed(tmp_path / "model.tar.gz", *members)
    with pytest.raises(ModelFormatError):
        unpack_with(archive, tmp_path / "inside" / "model")
    assert not list(tmp_path.rglob("evil"))
    assert (tmp_path / "outside").read_text() == SECRET


def packed(archive: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return archive


@pytest.mark.parametrize("unpack_with", UNPACKERS)
def test_an_absolute_name_is_refused_or_stays_inside(tmp_path: Path, unpack_with: Unpack) -> None:
    elsewhere = tmp_path / "elsewhere"
    archive = packed(tmp_path / "model.tar.gz", file(str(elsewhere)))
    with contextlib.suppress(ModelFormatError):
        unpack_with(archive, tmp_path / "inside" / "model")
    assert not elsewhere.exists()


def test_a_model_file_that_is_too_large_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact, "_LARGEST_MEMBER", 1_000)
    archive = packed(
        tmp_path / "model.tar.gz", file("signature.json"), file("model.txt", bytes(1_001))
    )
    with pytest.raises(ModelFormatError, match="1001 bytes"):
        unpack_artifact(archive, tmp_path / "model")
    assert not (tmp_path / "model").exists()
