"""Which artefacts are loaded: text that cannot run code, and nothing else."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.unit.training.workshop import (
    pack,
    pack_member,
    prepared_sets,
    small_model,
    small_trial,
)
from tidewatch.core.errors import ModelFormatError
from tidewatch.serving.artifact import unpack_artifact
from tidewatch.serving.model import load_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sets = prepared_sets(tmp_path / "sets", small_model())
    small_trial(small_model(), sets).save(tmp_path / "model")
    return tmp_path / "model"


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def test_a_packed_artefact_loads_as_it_was_saved(folder: Path, tmp_path: Path) -> None:
    unpack_artifact(pack(folder, tmp_path / "model.tar.gz"), tmp_path / "unpacked")

    model = load_model(tmp_path / "unpacked")

    assert model.signature.feature_names == ["region", "weight", "wind"]


def test_an_archive_packed_with_leading_dots_is_the_same(folder: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as tar:
        tar.add(folder, arcname=".")

    unpack_artifact(tmp_path / "model.tar.gz", tmp_path / "unpacked")

    assert (tmp_path / "unpacked" / "model.txt").is_file()


@pytest.mark.parametrize(
    "name",
    ["model.pkl", "model.joblib", "model.onnx", "weights.bin", "code.py", "model.txt.pickle"],
)
def test_a_file_of_any_other_name_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x80\x04.")

    with pytest.raises(ModelFormatError, match=name) as caught:
        load_model(folder)

    assert "formats that can run code are never loaded" in str(caught.value)


def test_a_pickle_that_calls_itself_model_txt_is_refused(folder: Path) -> None:
    (folder / "model.txt").write_bytes(b"\x80\x04\x95\xff.")

    with pytest.raises(ModelFormatError, match="expected a whole LightGBM model in text format"):
        load_model(folder)


def test_a_model_cut_short_is_refused(folder: Path) -> None:
    text = (folder / "model.txt").read_text()
    (folder / "model.txt").write_text(text[: len(text) // 2])

    with pytest.raises(ModelFormatError, match="a whole LightGBM model"):
        load_model(folder)


def test_a_model_without_a_signature_is_refused(folder: Path) -> None:
    (folder / "signature.json").unlink()

    with pytest.raises(ModelFormatError, match=r"found no signature\.json"):
        load_model(folder)


def test_a_signature_of_another_model_is_refused(folder: Path) -> None:
    path = folder / "signature.json"
    path.write_text(path.read_text().replace('"wind"', '"waves"'))

    with pytest.raises(ModelFormatError, match="expected the signature's"):
        load_model(folder)


def test_a_link_to_a_model_elsewhere_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "model.txt").rename(tmp_path / "elsewhere.txt")
    (folder / "model.txt").symlink_to(tmp_path / "elsewhere.txt")

    with pytest.raises(ModelFormatError, match=r"model\.txt"):
        load_model(folder)


def test_no_model_at_all_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFormatError, match=r"found no model\.txt"):
        load_model(tmp_path / "nothing")


@pytest.mark.parametrize(
    "evil",
    [
        member("../model.txt"),
        member("/tmp/model.txt"),  # noqa: S108 - the name that an attacker writes
        member("sub/model.txt"),
        member("model.pkl"),
        member("model.txt", tarfile.SYMTYPE, "/etc/passwd"),
        member("model.txt", tarfile.LNKTYPE, "/etc/passwd"),
        member("model.txt", tarfile.FIFOTYPE),
    ],
    ids=["parent", "absolute", "folder", "pickle", "symlink", "hardlink", "pipe"],
)
def test_an_archive_with_an_unexpected_member_is_refused_unopened(
    tmp_path: Path, evil: tarfile.TarInfo
) -> None:
    archive = pack_member(tmp_path / "inner" / "model.tar.gz", evil)

    with pytest.raises(ModelFormatError):
        unpack_artifact(archive, tmp_path / "inner" / "unpacked")

    assert {path.name for path in tmp_path.rglob("*")} == {"inner", "model.tar.gz"}


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08broken"])
def test_an_archive_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.tar.gz").write_bytes(content)

    with pytest.raises(ModelFormatError, match="expected a gzipped tar"):
        unpack_artifact(tmp_path / "model.tar.gz", tmp_path / "unpacked")
