"""Where a table lies: a file, a folder or a pattern, on this machine or on S3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pyarrow as pa
from pyarrow import fs

from tidewatch.core.errors import DataError, Fault

SUFFIXES = (".parquet", ".pq", ".csv", ".csv.gz", ".tsv", ".tsv.gz")
_DELTA_LOG = "_delta_log"
_PATTERN = "*?["


@dataclass(frozen=True)
class Location:
    """The files of one table, in a stable order."""

    filesystem: fs.FileSystem
    files: tuple[str, ...]


def locate(place: str) -> Location:
    """The files at `place`: a file, a folder (searched through), a pattern, or a Delta table.

    `place` is a path, or a URI such as `s3://bucket/folder`; S3 is asked with the environment's
    credentials and region. Files and folders whose names start with `_` or `.` are left out, as
    Spark and Hive do. Raises DataError where nothing is there.
    """
    try:
        filesystem, path = _filesystem(place)
        files = tuple(sorted(_files(filesystem, path, place)))
    except (OSError, pa.ArrowInvalid) as error:
        raise _missing(place, f"{type(error).__name__}: {error}") from error
    if not files:
        raise _missing(place, "no file of a known kind")
    return Location(filesystem, files)


def _filesystem(place: str) -> tuple[fs.FileSystem, str]:
    if "://" in place:
        filesystem, path = fs.FileSystem.from_uri(place)
        return filesystem, str(path)
    return fs.LocalFileSystem(), str(Path(place).expanduser())


def _files(filesystem: fs.FileSystem, path: str, place: str) -> Iterator[str]:
    info = filesystem.get_file_info(path)
    if info.type == fs.FileType.File:
        yield path
    elif info.type == fs.FileType.Directory:
        log = filesystem.get_file_info(f"{path.rstrip('/')}/{_DELTA_LOG}")
        if log.type == fs.FileType.Directory:
            yield from _delta_files(place)
        else:
            yield from _in_folder(filesystem, path)
    elif any(mark in path for mark in _PATTERN):
        yield from _matching(filesystem, path)


def _in_folder(filesystem: fs.FileSystem, folder: str) -> Iterator[str]:
    root = len(PurePosixPath(folder).parts)
    for info in filesystem.get_file_info(fs.FileSelector(folder, recursive=True)):
        below = PurePosixPath(info.path).parts[root:]
        hidden = any(part.startswith(("_", ".")) for part in below)
        if info.type == fs.FileType.File and not hidden and info.path.endswith(SUFFIXES):
            yield info.path


def _matching(filesystem: fs.FileSystem, pattern: str) -> Iterator[str]:
    fixed = PurePosixPath(pattern)
    while any(mark in str(fixed) for mark in _PATTERN):
        fixed = fixed.parent
    depth = len(PurePosixPath(pattern).parts)
    selector = fs.FileSelector(str(fixed), allow_not_found=True, recursive=True)
    for info in filesystem.get_file_info(selector):
        same_depth = len(PurePosixPath(info.path).parts) == depth
        if info.type == fs.FileType.File and same_depth and fnmatch(info.path, pattern):
            yield info.path


def _delta_files(place: str) -> list[str]:
    """The files that the table's newest version is made of; others in its folder are dead."""
    try:
        from deltalake import DeltaTable  # noqa: PLC0415 - only Delta tables need it
    except ImportError as error:
        remedy = "pip install deltalake, or name the Parquet files themselves"
        raise DataError(
            Fault(place, "a Delta table", "the package deltalake, which reads its log", remedy)
        ) from error
    return [_filesystem(uri)[1] for uri in DeltaTable(place).file_uris()]


def _missing(place: str, found: str) -> DataError:
    expected = f"a file, a folder, a pattern or a Delta table, of {', '.join(SUFFIXES)}"
    return DataError(Fault(place, found, expected, "check the path, and who may read it"))
