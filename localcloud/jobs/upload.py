"""Outputs of a job: folders of its containers into S3."""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from localcloud.clients import split_s3


def upload_folder(s3: Any, folder: Path, uri: str) -> int:
    """Put every file of a folder below an S3 prefix and return how many; symlinks stay behind."""
    bucket, prefix = split_s3(uri)
    base = f"{prefix.rstrip('/')}/" if prefix else ""
    count = 0
    for path in regular_files(folder):
        name = path.relative_to(folder).as_posix()
        upload_file(s3, path, f"s3://{bucket}/{base}{name}")
        count += 1
    return count


def upload_file(s3: Any, path: Path, uri: str) -> None:
    """Put one file; its size is not limited by memory."""
    bucket, key = split_s3(uri)
    s3.upload_file(str(path), bucket, key)


def regular_files(folder: Path) -> Iterator[Path]:
    """Files below a folder, by name; neither a symlink nor what is behind one."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from regular_files(path)
        elif path.is_file():
            yield path


def pack(folders: Iterable[Path], archive: Path) -> int:
    """Write the files of all folders into one `.tar.gz` and return how many.

    Where two folders (of two instances) have a file of one name, the first folder's counts.
    """
    names: set[str] = set()
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        for folder in folders:
            for path in regular_files(folder):
                name = path.relative_to(folder).as_posix()
                if name not in names:
                    tar.add(path, name, recursive=False)
                    names.add(name)
    return len(names)
