"""From an image's URI to what its Dockerfile says: the laptop runs images without building them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from localcloud.dockerfile import Copy, Stage, read_dockerfile
from tidewatch.core.errors import Fault, TidewatchError

EXTRA_IMAGES = "LOCALCLOUD_IMAGES"


class ImageError(TidewatchError):
    """No folder describes the image, or its Dockerfile cannot be used."""


@dataclass(frozen=True)
class Image:
    """What a container is started from.

    `context` is the folder that `docker build` would be given; the sources of `copies` are in it.
    """

    uri: str
    name: str
    context: Path
    environment: dict[str, str]
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    workdir: str
    copies: tuple[Copy, ...]


def find_image(uri: str, project: Path) -> Image:
    """The image of a URI: the folder under `images/` that its repository name ends in.

    Extra folders come from the environment variable LOCALCLOUD_IMAGES; there, the build context
    is the image's own folder, while the project's images are built from the project's root.
    """
    repository = _repository(uri)
    folders = _folders(project)
    matches = [name for name in folders if _ends_in(repository, name)]
    if not matches:
        raise ImageError(
            Fault(
                where=f"image {uri}",
                found=f"no image folder that the repository name {repository!r} ends in",
                expected=f"one of {', '.join(sorted(folders)) or 'no image folder exists'}",
                remedy="add images/<name>/Dockerfile, or name the repository after its folder",
            )
        )
    name = max(matches, key=len)
    folder, context = folders[name]
    stage = read_dockerfile((folder / "Dockerfile").read_text(encoding="utf-8"))
    return _image(uri, name, context, stage)


def _repository(uri: str) -> str:
    """The repository of a URI, without registry, tag and digest."""
    path = uri.partition("/")[2] or uri
    return path.partition("@")[0].partition(":")[0]


def _ends_in(repository: str, name: str) -> bool:
    return repository == name or repository.endswith(("/" + name, "-" + name))


def _folders(project: Path) -> dict[str, tuple[Path, Path]]:
    """Image folders by name, each with its build context; extra folders win."""
    found = {path.parent.name: (path.parent, project) for path in _dockerfiles(project / "images")}
    for extra in filter(None, os.environ.get(EXTRA_IMAGES, "").split(os.pathsep)):
        own = [path.parent for path in _dockerfiles(Path(extra))]
        found |= {folder.name: (folder, folder) for folder in own}
    return found


def _dockerfiles(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/Dockerfile"))


def _image(uri: str, name: str, context: Path, stage: Stage) -> Image:
    sources = [source for copy in stage.copies for source in copy.sources]
    missing = [source for source in sources if not (context / source).exists()]
    if missing:
        raise ImageError(
            Fault(
                where=f"image {uri}",
                found=f"COPY of {', '.join(missing)}, which is not in {context}",
                expected="sources inside the build context",
                remedy="mend the COPY line of the image's Dockerfile",
            )
        )
    return Image(
        uri=uri,
        name=name,
        context=context,
        environment=stage.environment,
        entrypoint=stage.entrypoint,
        command=stage.command,
        workdir=stage.workdir,
        copies=stage.copies,
    )
