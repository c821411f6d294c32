"""Finds the templates of a cloud assembly, or of any folder of `*.template.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.reading import mapping
from tidewatch.core.errors import Fault, TidewatchError

ACCOUNT = "111111111111"
REGION = "eu-west-1"
_STACK = "aws:cloudformation:stack"
_STAGE = "cdk:cloud-assembly"


class AssemblyError(TidewatchError):
    """A folder is no cloud assembly; nothing can be checked."""


@dataclass(frozen=True)
class Source:
    """Where one template lies, and where its stack is to stand."""

    stack: str
    path: Path
    account: str = ACCOUNT
    region: str = REGION


def find_templates(folder: Path) -> list[Source]:
    """The templates of a folder; AssemblyError where it has none, or names one it has not."""
    if not folder.is_dir():
        raise AssemblyError(
            Fault(str(folder), "no folder", "a cloud assembly", "run `cdk synth`, name its output")
        )
    sources = _distinct(list(_sources(folder)))
    missing = [source.path for source in sources if not source.path.is_file()]
    if missing or not sources:
        raise AssemblyError(
            *(
                Fault(
                    str(path), "no file", "the template that the manifest names", "synthesise anew"
                )
                for path in missing or [folder / "*.template.json"]
            )
        )
    return sources


def _sources(folder: Path) -> Iterator[Source]:
    manifest = folder / "manifest.json"
    if manifest.is_file():
        yield from _of_manifest(folder, _artifacts(manifest))
        return
    for path in sorted(folder.glob("*.template.json")):
        if not path.name.endswith(".nested.template.json"):
            yield Source(path.name.removesuffix(".template.json"), path)
    for stage in sorted(folder.glob("assembly-*")):
        yield from _sources(stage)


def _of_manifest(folder: Path, artifacts: Mapping[str, Any]) -> Iterator[Source]:
    for name, artifact in sorted(artifacts.items()):
        properties = mapping(mapping(artifact).get("properties"))
        kind = mapping(artifact).get("type")
        if kind == _STACK:
            environment = str(mapping(artifact).get("environment", ""))
            yield Source(
                str(properties.get("stackName") or name),
                folder / str(properties.get("templateFile")),
                *_environment(environment),
            )
        elif kind == _STAGE:
            yield from _sources(folder / str(properties.get("directoryName")))


def _artifacts(manifest: Path) -> Mapping[str, Any]:
    try:
        found = mapping(json.loads(manifest.read_text(encoding="utf-8"))).get("artifacts")
    except ValueError as error:
        raise AssemblyError(
            Fault(str(manifest), f"no JSON ({error})", "a manifest", "synthesise anew")
        ) from error
    if not isinstance(found, Mapping):
        raise AssemblyError(
            Fault(
                str(manifest), "no artifacts", "the manifest of a cloud assembly", "synthesise anew"
            )
        )
    return found


def _environment(written: str) -> tuple[str, str]:
    account, _, region = written.removeprefix("aws://").partition("/")
    return (
        account if account.isdigit() else ACCOUNT,
        region if region and not region.startswith("unknown") else REGION,
    )


def _distinct(sources: list[Source]) -> list[Source]:
    """Stacks of one name in several environments are told apart by region, then by account."""
    names = [source.stack for source in sources]
    return [
        source
        if names.count(source.stack) == 1
        else Source(
            f"{source.stack}-{source.region}-{source.account}",
            source.path,
            source.account,
            source.region,
        )
        for source in sources
    ]
