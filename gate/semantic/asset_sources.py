"""The code that an assembly carries, searched for words."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from gate.assembly import Assembly, asset_files

_CODE = (".py", ".js", ".mjs", ".ts", ".json", ".yaml", ".yml", ".go", ".java", ".rb")
_LARGEST = 400_000
# What functions bring along, and what no metric of theirs is named in.
_FOREIGN = re.compile(
    r"(^|/)(node_modules|botocore|boto3|urllib3|[^/]+\.dist-info|__pycache__|numpy|pandas|scipy)/"
)
_WORD = re.compile(r"[A-Za-z_][\w:./-]{2,}")
_QUOTED = re.compile(r"""(["'])([A-Za-z][^"'\n]{2,80})\1""")


class AssetSources:
    """The words in the sources of an assembly's assets, whether packed or not."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly

    def __contains__(self, word: object) -> bool:
        return word in self._words

    @cached_property
    def texts(self) -> frozenset[str]:
        """What stands between quotes in a line."""
        return frozenset(found[1] for text in self._sources() for found in _QUOTED.findall(text))

    @cached_property
    def _words(self) -> frozenset[str]:
        found: set[str] = set()
        for source in self._sources():
            found.update(_WORD.findall(source))
        return frozenset(found)

    def _sources(self) -> Iterator[str]:
        for path in asset_paths(self._assembly):
            if path.is_dir():
                yield from _of_folder(path)
            elif path.suffix == ".zip":
                yield from _of_archive(path)
            elif _is_code(path.name, path.stat().st_size):
                yield path.read_text(encoding="utf-8", errors="ignore")


def asset_paths(assembly: Assembly) -> list[Path]:
    """The folders and files that an assembly uploads, and whatever is named as one."""
    folders = {template.path.parent for template in assembly.templates} | {assembly.folder}
    # Templates are uploaded too, and name whatever they look at.
    found = {
        path
        for folder in folders
        for path, _ in asset_files(folder)
        if not path.name.endswith(".template.json")
    }
    found |= {path for folder in folders for path in folder.glob("asset.*")}
    return sorted({path.resolve() for path in found if path.exists()})


def _of_folder(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and _is_code(name, path.stat().st_size):
            yield path.read_text(encoding="utf-8", errors="ignore")


def _of_archive(path: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                if _is_code(item.filename, item.file_size):
                    yield archive.read(item).decode("utf-8", errors="ignore")
    except zipfile.BadZipFile:
        return


def _is_code(name: str, size: int) -> bool:
    return name.endswith(_CODE) and size <= _LARGEST and not _FOREIGN.search(name)
