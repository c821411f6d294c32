"""A "container" of the laptop: a folder that stands for `/`, and a process that runs in it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localcloud.dockerfile import Copy
from localcloud.images import Image
from localcloud.ports import LOOPBACK
from localcloud.processes import Process, spawn
from tidewatch.core.errors import Fault, TidewatchError

PROGRAM = "/opt/program"
ML = "/opt/ml"
# Only where a path starts: `--dir=/opt/ml/x` and `/a:/opt/program`, not `s3://bucket/opt/ml`.
CONTAINER_PATH = re.compile(r"(?<![\w.\-/])/opt/(?:ml|program)(?![\w.\-])")
# A container may listen on all of its addresses; a process of the laptop only on the loopback.
EVERY_ADDRESS = re.compile(r"(?<![\d.])0\.0\.0\.0(?![\d.])")
PYTHON = re.compile(r"python(3(\.\d+)?)?")


class ContainerError(TidewatchError):
    """A request names something that a container cannot have."""


@dataclass(frozen=True)
class Container:
    """One instance of an image, in a folder of its own. Made by `create_container`."""

    root: Path
    image: Image

    @property
    def ml(self) -> Path:
        """The real place of `/opt/ml`, which the program finds in ML_ROOT."""
        return self.root / ML[1:]

    @property
    def workdir(self) -> Path:
        """The real place of the image's working directory."""
        return self.path(self.image.workdir)

    def path(self, place: str) -> Path:
        """The real place of a container path. ContainerError where it leads outside."""
        found = Path(os.path.normpath(self.root / place.lstrip("/")))
        if not found.is_relative_to(self.root):
            raise ContainerError(
                Fault(f"path {place}", "a path that leaves the container", "one below /", "mend it")
            )
        return found

    def translate(self, text: str) -> str:
        """Replace what a container has for its own: `/opt/ml`, `/opt/program`, `0.0.0.0`."""
        placed = CONTAINER_PATH.sub(lambda match: str(self.root / match[0][1:]), text)
        return EVERY_ADDRESS.sub(LOOPBACK, placed)

    def command(self, entrypoint: Sequence[str], arguments: Sequence[str]) -> list[str]:
        """The command to run: the image's own entry point where none is given."""
        whole = [self.translate(word) for word in (*entrypoint, *arguments)]
        if not whole:
            raise ContainerError(
                Fault(
                    where=f"image {self.image.uri}",
                    found="no entry point",
                    expected="ENTRYPOINT in its Dockerfile, or ContainerEntrypoint in the request",
                    remedy="give one of them",
                )
            )
        interpreter = sys.executable if PYTHON.fullmatch(Path(whole[0]).name) else whole[0]
        return [interpreter, *whole[1:]]

    def start(self, command: list[str], environment: dict[str, str], log: Path) -> Process:
        """Run a command in the image's working directory."""
        self.workdir.mkdir(parents=True, exist_ok=True)
        return spawn(command, cwd=self.workdir, environment=environment, log=log)


def create_container(root: Path, image: Image) -> Container:
    """Make the container's folders and link what the image's COPY lines put there."""
    container = Container(root, image)
    for place in (f"{ML}/input", f"{ML}/output", PROGRAM, "/tmp"):  # noqa: S108 - inside root
        container.path(place).mkdir(parents=True)
    for copy in image.copies:
        _link(container, copy)
    return container


def _link(container: Container, copy: Copy) -> None:
    """Link sources as `COPY` would copy them: into a folder, or as the destination itself."""
    destination = container.path(copy.destination)
    for source in copy.sources:
        real = (container.image.context / source).resolve()
        if real.is_dir() and destination.is_dir():
            for child in real.iterdir():
                (destination / child.name).symlink_to(child)
        elif destination.is_dir() or len(copy.sources) > 1:
            destination.mkdir(parents=True, exist_ok=True)
            (destination / real.name).symlink_to(real)
        else:
            destination.parent.mkdir(parents=True, exist_ok=True)
            destination.symlink_to(real)
