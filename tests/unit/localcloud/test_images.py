from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.images import ImageError, find_image

REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def write(folder: Path, text: str = 'FROM a\nENTRYPOINT ["run"]') -> None:
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(text)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("LOCALCLOUD_IMAGES", raising=False)
    write(tmp_path / "images/training")
    write(tmp_path / "images/serving")
    return tmp_path


@pytest.mark.parametrize(
    "uri",
    [
        f"{REGISTRY}/tidewatch-local/training:v1",
        f"{REGISTRY}/tidewatch-local-training@sha256:abc",
        f"{REGISTRY}/training",
        "training:latest",
    ],
)
def test_the_repository_name_ends_in_the_folders_name(project: Path, uri: str) -> None:
    assert find_image(uri, project).name == "training"


def test_the_projects_images_are_built_from_its_root(project: Path) -> None:
    assert find_image("x/training", project).context == project


def test_extra_folders_are_searched_too_and_hold_their_own_context(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "extra/special")
    monkeypatch.setenv("LOCALCLOUD_IMAGES", str(tmp_path / "extra"))
    assert find_image("x/special", project).context == tmp_path / "extra/special"
    assert find_image("x/training", project).name == "training"


def test_an_unknown_image_is_answered_with_what_there_is(project: Path) -> None:
    with pytest.raises(ImageError, match="expected one of serving, training; add images/<name>"):
        find_image(f"{REGISTRY}/nothing:v1", project)


def test_a_copy_of_something_that_is_not_there_is_named(project: Path) -> None:
    write(project / "images/broken", "FROM a\nCOPY nowhere.py /opt/program/")
    with pytest.raises(ImageError, match=r"COPY of nowhere.py"):
        find_image("x/broken", project)
