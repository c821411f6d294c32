from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from localcloud.endpoints.artefact import bring, unpack
from localcloud.endpoints.deployable import Artefact
from tests.unit.localcloud.fake_s3 import FakeS3
from tidewatch.core.errors import ModelFormatError


def archive(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def file(name: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = 1
    return member


def link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_files_and_folders_are_unpacked(tmp_path: Path) -> None:
    packed = archive(tmp_path / "m.tar.gz", file("model.txt"), file("deep/signature.json"))
    unpack(packed, tmp_path / "model", "s3://bucket/m")
    assert (tmp_path / "model/deep/signature.json").read_text() == "x"


@pytest.mark.parametrize(
    "member",
    [
        file("../evil"),
        file("deep/../../evil"),
        link("out", "/etc/passwd", tarfile.SYMTYPE),
        link("out", "../../evil", tarfile.SYMTYPE),
        link("out", "../evil", tarfile.LNKTYPE),
        link("device", "", tarfile.CHRTYPE),
    ],
)
def test_a_member_that_leads_outside_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    packed = archive(tmp_path / "m.tar.gz", member)
    with pytest.raises(ModelFormatError, match="cannot be unpacked safely"):
        unpack(packed, tmp_path / "inside/model", "s3://bucket/m")
    assert not (tmp_path / "evil").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.tar.gz").write_bytes(b"this is a text")
    with pytest.raises(ModelFormatError, match="model artefact s3://bucket/m"):
        unpack(tmp_path / "m.tar.gz", tmp_path / "model", "s3://bucket/m")


def test_an_unpacked_artefact_is_every_object_below_its_prefix(tmp_path: Path) -> None:
    s3 = FakeS3()
    s3.objects["bucket", "model/a/model.txt"] = b"x"
    bring(s3, Artefact("s3://bucket/model/", packed=False), tmp_path / "model")
    assert (tmp_path / "model/a/model.txt").read_text() == "x"
