"""A model's files, brought into a container; an archive that reaches out of it is refused."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from localcloud.clients import split_s3
from localcloud.endpoints.deployable import Artefact
from localcloud.jobs.download import Share, Source, fetch
from tidewatch.core.errors import Fault, ModelFormatError

ALL = Share(index=0, of=1)


def bring(s3: Any, artefact: Artefact, folder: Path) -> None:
    """Download an artefact into a folder, unpacked."""
    folder.mkdir(parents=True, exist_ok=True)
    if not artefact.packed:
        fetch(s3, Source(artefact.uri), folder, ALL)
        return
    bucket, key = split_s3(artefact.uri)
    archive = folder.with_suffix(".tar.gz")
    with archive.open("wb") as stream:
        for chunk in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1 << 20):
            stream.write(chunk)
    unpack(archive, folder, artefact.uri)
    archive.unlink()


def unpack(archive: Path, folder: Path, uri: str) -> None:
    """Unpack a `.tar.gz`; ModelFormatError for anything that is not one, or leads outside.

    Python's `data` filter refuses absolute names, `..`, links that leave the folder, and devices.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as fault:
        raise ModelFormatError(
            Fault(
                where=f"model artefact {uri}",
                found=f"an archive that cannot be unpacked safely ({fault})",
                expected="a .tar.gz whose members stay inside the model's folder",
                remedy="pack the model again, with relative names and no links outside",
            )
        ) from fault
