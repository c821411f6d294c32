"""Every environment is pinned: an exact version and the hashes of its files, a line a package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.finding import Finding
from gate.reading import mapping
from gate.source_files import PROJECT

_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^\s;]+)")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_SOURCES = ("requirements.in", "requirements/*.in", "images/*/requirements.in")


@dataclass(frozen=True)
class Package:
    """One package of a lock."""

    ecosystem: str
    name: str
    version: str
    hashes: tuple[str, ...]


def scan(project: Path = PROJECT) -> Iterator[Finding]:
    """What is not pinned, not hashed, or wanted and not locked."""
    for source in _sources(project):
        lock = source.with_suffix(".txt")
        where = str(lock.relative_to(project))
        if not lock.is_file():
            yield Finding("locks.missing", where, "found no lock; expected one; run `make lock`")
            continue
        yield from _unpinned(where, lock)
        yield from _stale(where, source, lock)
    for name, package in _npm(project).items():
        if not package.get("integrity"):
            yield Finding(
                "locks.unhashed",
                "package-lock.json",
                f"found {name} without integrity; expected a hash; run `npm install` anew",
            )


def packages(project: Path = PROJECT) -> list[Package]:
    """Every package of every lock, each once."""
    found = {
        package for source in _sources(project) for package in _locked(source.with_suffix(".txt"))
    }
    for path, package in _npm(project).items():
        name = path.rpartition("node_modules/")[2]
        found.add(Package("npm", name, package["version"], (package["integrity"],)))
    return sorted(found, key=lambda p: (p.ecosystem, p.name, p.version, p.hashes))


def _sources(project: Path) -> list[Path]:
    return sorted(path for pattern in _SOURCES for path in project.glob(pattern))


def _lines(path: Path) -> Iterator[str]:
    """The requirements of a file, without comments, continuations joined."""
    written = re.sub(r"(^|\s)#.*", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in written.replace("\\\n", " ").splitlines():
        if line.strip():
            yield line.strip()


def _locked(lock: Path) -> Iterator[Package]:
    for line in _lines(lock):
        pinned = _PINNED.match(line)
        if pinned:
            yield Package(
                "pypi", pinned["name"].lower(), pinned["version"], tuple(_HASH.findall(line))
            )


def _unpinned(where: str, lock: Path) -> Iterator[Finding]:
    for line in _lines(lock):
        if not _PINNED.match(line):
            yield Finding(
                "locks.unpinned",
                where,
                f"found {line[:60]}; expected one exact version; run `make lock`",
            )
        elif not _HASH.search(line):
            yield Finding(
                "locks.unhashed",
                where,
                f"found {line[:60]} without a hash; expected sha256; run `make lock`",
            )


def _stale(where: str, source: Path, lock: Path) -> Iterator[Finding]:
    locked = {(package.name, package.version) for package in _locked(lock)}
    for line in _lines(source):
        wanted = _PINNED.match(line)
        if line.startswith("-r"):
            continue
        if not wanted:
            yield Finding(
                "locks.unpinned",
                f"{source.name} of {where}",
                f"found {line[:60]}; expected one exact version; write name==version",
            )
        elif (wanted["name"].lower(), wanted["version"]) not in locked:
            yield Finding(
                "locks.stale", where, f"found no {line}, which is wanted; run `make lock`"
            )


def _npm(project: Path) -> Mapping[str, Mapping[str, Any]]:
    lock = json.loads((project / "package-lock.json").read_text(encoding="utf-8"))
    return {name: mapping(package) for name, package in lock["packages"].items() if name}
