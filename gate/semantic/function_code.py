"""The files of a function's code, whether in a folder, an archive, or the template itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from gate.assembly import Assembly, Resource
from gate.reading import mapping, text

_INSTALLED = re.compile(r"([^/]+)-[^/-]+\.dist-info/RECORD")


class Code:
    """Files by their paths; the content is here, or is at a path."""

    def __init__(self, files: Mapping[str, bytes | Path]) -> None:
        self._files = files

    @cached_property
    def installed(self) -> frozenset[str]:
        """The top-level names of packages that an installer put here: others' code, and whole."""
        found: set[str] = set()
        for name in self._files:
            if _INSTALLED.fullmatch(name):
                record = (self.read(name) or b"").decode(errors="ignore")
                entries = (line.split(",")[0] for line in record.splitlines())
                found.update(entry.split("/")[0].removesuffix(".py") for entry in entries)
        return frozenset(found)

    def read(self, name: str) -> bytes | None:
        """A file's content; None where there is none."""
        found = self._files.get(name)
        return found.read_bytes() if isinstance(found, Path) else found

    def module(self, dotted: str) -> str | None:
        """The path of a Python module; None where there is none."""
        path = dotted.replace(".", "/")
        candidates = (f"{path}.py", f"{path}/__init__.py")
        return next((name for name in candidates if name in self._files), None)

    def carries(self, package: str) -> bool:
        """Whether a package or module of this top-level name is here."""
        return package in self._top

    def has(self, dotted: str) -> bool:
        """Whether there is such a module, package or extension."""
        path = dotted.replace(".", "/")
        return self.module(dotted) is not None or any(
            name.startswith((f"{path}/", f"{path}.")) for name in self._files
        )

    @cached_property
    def _top(self) -> frozenset[str]:
        return frozenset(name.split("/")[0].removesuffix(".py") for name in self._files)


def code_of(assembly: Assembly, function: Resource) -> Code | None:
    """The code of a function; None where the assembly does not carry it."""
    inline = mapping(function.properties.get("Code")).get("ZipFile")
    if isinstance(inline, str):
        runtime = text(function.properties.get("Runtime"))
        return Code({"index.py" if runtime.startswith("python") else "index.js": inline.encode()})
    path = assembly.asset(function)
    return None if path is None else _read(path)


@cache
def _read(path: Path) -> Code | None:
    """Functions often share an asset, and an asset is named for its content: read it once."""
    if path.is_dir():
        files = (file for file in path.rglob("*") if file.is_file())
        return Code({file.relative_to(path).as_posix(): file for file in files})
    try:
        with zipfile.ZipFile(path) as archive:
            return Code({name: archive.read(name) for name in archive.namelist()})
    except (OSError, zipfile.BadZipFile):
        return None
