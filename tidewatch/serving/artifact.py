"""A model artefact on disk: which files may be in it, and how its archive is unpacked."""

from __future__ import annotations

import tarfile
from pathlib import Path

from tidewatch.core.errors import Fault, ModelFormatError

MODEL_FILE = "model.txt"
SIGNATURE_FILE = "signature.json"
RUN_FILE = "mlflow_run.json"
_REQUIRED = {MODEL_FILE, SIGNATURE_FILE}
_ALLOWED = _REQUIRED | {RUN_FILE}
_EXPECTED = "exactly model.txt (LightGBM text) and signature.json, with or without mlflow_run.json"
_REMEDY = "register a model in LightGBM's text format; formats that can run code are never loaded"
_LARGEST_MEMBER = 2 * 1024**3


def check_artifact(folder: Path) -> None:
    """Raises ModelFormatError unless `folder` holds the files of a safe artefact and no others.

    An allow-list: a pickle by any name is refused because it is not one of the known files.
    """
    found = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    faults = [
        Fault(str(folder), name, _EXPECTED, _REMEDY)
        for name, path in sorted(found.items())
        if name not in _ALLOWED or path.is_symlink() or not path.is_file()
    ]
    faults += [
        Fault(str(folder), f"no {name}", _EXPECTED, _REMEDY)
        for name in sorted(_REQUIRED - found.keys())
    ]
    if faults:
        raise ModelFormatError(*faults)


def unpack_artifact(archive: Path, folder: Path) -> None:
    """Unpacks `model.tar.gz` into `folder`, which then holds a checked artefact.

    Raises ModelFormatError on a member that is not a plain, known file at the archive's top;
    nothing is written for any member before all of them were looked at.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = [item for item in tar.getmembers() if item.name not in (".", "./")]
            _check_members(archive, members)
            for member in members:
                tar.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ModelFormatError(
            Fault(str(archive), f"{type(error).__name__}: {error}", "a gzipped tar", _REMEDY)
        ) from error
    check_artifact(folder)


def find_archive(folder: Path) -> Path:
    """The one `model.tar.gz` that a job was given in `folder`."""
    archives = sorted(folder.glob("*.tar.gz"))
    if len(archives) != 1:
        raise ModelFormatError(
            Fault(
                str(folder),
                f"{len(archives)} archives",
                "one model.tar.gz",
                "give the job the training job's artefact as input",
            )
        )
    return archives[0]


def _check_members(archive: Path, members: list[tarfile.TarInfo]) -> None:
    faults = [
        Fault(f"{archive}: {item.name}", _describe(item), _EXPECTED, _REMEDY)
        for item in members
        if not item.isfile()
        or item.name.removeprefix("./") not in _ALLOWED
        or item.size > _LARGEST_MEMBER
    ]
    if faults:
        raise ModelFormatError(*faults)


def _describe(item: tarfile.TarInfo) -> str:
    kind = "a file" if item.isfile() else "a link" if item.issym() or item.islnk() else "a special"
    return f"{kind} named {item.name!r} of {item.size} bytes"
