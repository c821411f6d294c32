"""Rules on what an assembly uploads: files that are there, and no images for Docker to build."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.reading import mapping


def images_need_no_docker(assembly: Assembly) -> Iterator[Finding]:
    """Neither synthesis nor deployment may need Docker."""
    for path, assets in _manifests(assembly):
        for name in mapping(assets.get("dockerImages")):
            yield Finding(
                "assets.docker-image",
                path.name,
                f"found image {name}, which Docker builds on the machine that deploys; "
                "expected none; build it in the account",
            )


def files_are_there(assembly: Assembly) -> Iterator[Finding]:
    """What the assembly says it uploads is in it."""
    for path, assets in _manifests(assembly):
        for name, file in mapping(assets.get("files")).items():
            source = mapping(mapping(file).get("source")).get("path")
            if isinstance(source, str) and not (path.parent / source).exists():
                yield Finding(
                    "assets.file-missing",
                    path.name,
                    f"found no {source} for asset {name}; expected the file; synthesise anew",
                )


def manifests_are_readable(assembly: Assembly) -> Iterator[Finding]:
    """A manifest of assets is a JSON object."""
    readable = {path for path, _ in _manifests(assembly)}
    for path in _paths(assembly):
        if path not in readable:
            yield Finding(
                "assets.manifest-unreadable",
                path.name,
                "found no JSON object; expected a manifest of assets; synthesise anew",
            )


RULES: tuple[Rule, ...] = (images_need_no_docker, files_are_there, manifests_are_readable)


def _paths(assembly: Assembly) -> list[Path]:
    folders = {template.path.parent for template in assembly.templates} | {assembly.folder}
    return sorted(path for folder in folders for path in folder.glob("*.assets.json"))


def _manifests(assembly: Assembly) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for path in _paths(assembly):
        try:
            assets = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(assets, Mapping):
            yield path, assets
