"""The code and text that is ours, in the project and in what an assembly uploads."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def of_project(project: Path = PROJECT) -> list[Path]:
    """Every file of the project that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (project / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def of_assembly(folder: Path, project: Path = PROJECT) -> list[Path]:
    """The templates, and what of the assets is neither an installer's nor the project's own.

    Code that is the project's byte for byte is checked with the project; the same bytes are
    checked once. What else the CDK writes (`tree.json`, metadata) repeats the templates.
    """
    known = {_digest(path) for path in of_project(project)}
    found: dict[bytes, Path] = {}
    for path in _of_folder(folder):
        digest = _digest(path)
        if digest not in known:
            found.setdefault(digest, path)
    return sorted(found.values())


def _of_folder(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name.startswith("assembly-"):
            yield from _of_folder(path)
        elif path.is_dir() and path.name.startswith("asset."):
            yield from _own(path)
        elif path.name.startswith("asset.") or path.name.endswith(".template.json"):
            yield path


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _own(asset: Path) -> Iterator[Path]:
    installed = set(_installed(asset))
    for path in sorted(asset.rglob("*")):
        if path.is_file() and installed.isdisjoint((path, *path.parents)):
            yield path


def _installed(asset: Path) -> Iterator[Path]:
    """What the records of installed packages list, and the records."""
    for record in asset.rglob("*.dist-info/RECORD"):
        yield record.parent
        for line in record.read_text(encoding="utf-8").splitlines():
            yield record.parent.parent / line.split(",", 1)[0]
