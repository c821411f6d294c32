"""detect-secrets: credentials in our files and in an assembly. It verifies none, so is off line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.core.scan import scan_file, scan_line
from detect_secrets.settings import default_settings, get_settings

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.source_files import of_assembly, of_project

# Logical ids, exports and asset hashes look random, and are.
_BY_ENTROPY = ("Base64HighEntropyString", "HexHighEntropyString")
_BY_NAME = "Secret Keyword"
_LOCKS = ("requirements.txt", "package-lock.json")
_REMEDY = "expected none; keep it in Secrets Manager, and change it"


def scan_project(project: Path) -> Iterator[Finding]:
    """What looks like a secret in the project's files, but for the hashes in locks."""
    files = of_project(project)
    with default_settings():
        for path in files:
            if path.name not in _LOCKS and path.parent.name != "requirements":
                yield from _in_file(project, path)


def scan_assembly(folder: Path) -> Iterator[Finding]:
    """What looks like a secret in an assembly's templates and code, and in its environments."""
    with default_settings():
        for resource in Assembly.read(folder).resources():
            for name, value in _environment(resource.raw):
                yield from _in_variable(resource, name, value)
        get_settings().disable_plugins(*_BY_ENTROPY)
        for path in of_assembly(folder):
            yield from _in_file(folder, path)


def _in_file(root: Path, path: Path) -> Iterator[Finding]:
    for secret in scan_file(str(path)):
        yield Finding(
            _rule(secret),
            str(path.relative_to(root)),
            f"found what looks like a secret in line {secret.line_number}; {_REMEDY}",
        )


def _in_variable(resource: Resource, name: str, value: str) -> Iterator[Finding]:
    for secret in scan_line(f'"{name}": "{value}"'):
        if secret.type == _BY_NAME:
            yield resource.finding(
                _rule(secret), f"found what looks like a secret in variable {name}; {_REMEDY}"
            )


def _rule(secret: PotentialSecret) -> str:
    return f"secrets.{secret.type.lower().replace(' ', '-')}"


def _environment(value: Any, inside: bool = False) -> Iterator[tuple[str, str]]:
    """The variables of every environment in a resource's properties, where they are plain texts."""
    if isinstance(value, list):
        for item in value:
            yield from _environment(item, inside)
            yield from _named(item, inside)
    elif isinstance(value, dict):
        for key, item in value.items():
            if inside and isinstance(item, str):
                yield key, item
            if not key.startswith("Fn::"):
                yield from _environment(item, inside or "Environment" in key)


def _named(item: Any, inside: bool) -> Iterator[tuple[str, str]]:
    """A variable that is written as its name and its value."""
    if inside and isinstance(item, dict) and isinstance(item.get("Value"), str):
        yield str(item.get("Name")), item["Value"]
