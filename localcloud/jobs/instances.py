"""The instances of a job: containers with their inputs, started side by side, ended together."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.clients import RoleCredentials, role_credentials
from localcloud.images import Image, find_image
from localcloud.jobs.container import Container, create_container
from localcloud.jobs.download import Share, Source, fetch
from localcloud.jobs.environment import container_environment
from localcloud.jobs.log_streams import ship
from localcloud.jobs.run import Ending, StopSignal, wait_for
from localcloud.jobs.storage import role_client
from localcloud.processes import Process, tail
from localcloud.state import settings

TAIL_CHARS = 2000


@dataclass(frozen=True)
class Program:
    """What to run in every instance, as the request says it."""

    image_uri: str
    entrypoint: Sequence[str] = ()
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, container: Container) -> list[str]:
        """Docker's rule: the image's CMD counts only where the request gives no words at all."""
        image = container.image
        if self.entrypoint:
            return container.command(self.entrypoint, self.arguments)
        return container.command(image.entrypoint, self.arguments or image.command)


@dataclass(frozen=True)
class Instances:
    """The containers of a job, in the order of their host names. Made by `prepare`."""

    folder: Path
    containers: tuple[Container, ...]
    credentials: RoleCredentials

    @property
    def hosts(self) -> list[str]:
        """SageMaker's names of the instances."""
        return [f"algo-{number}" for number in range(1, len(self.containers) + 1)]

    @property
    def s3(self) -> Any:
        """S3 with the permissions of the job's role."""
        return role_client("s3", self.credentials)

    def download(self, source: Source, place: str) -> None:
        """Lay an input out at a container path of every instance."""
        s3 = self.s3
        for number, container in enumerate(self.containers):
            fetch(s3, source, container.path(place), Share(number, len(self.containers)))

    def write_config(self, name: str, document: Any) -> None:
        """Write a JSON file below `/opt/ml` of every instance, paths in it made real."""
        for container in self.containers:
            path = container.ml / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(document, indent=2, default=str)
            path.write_text(container.translate(text), encoding="utf-8")

    def write_host_config(self, name: str, common: Mapping[str, Any]) -> None:
        """Write the resource configuration, which tells every instance who it is."""
        for host, container in zip(self.hosts, self.containers, strict=True):
            path = container.ml / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"current_host": host, "hosts": self.hosts, **common}))

    def run(self, program: Program, stop: StopSignal, seconds: float) -> Ending:
        """Start the program in every instance and wait for the common end."""
        processes: list[Process] = []
        for host, container in zip(self.hosts, self.containers, strict=True):
            environment = container_environment(
                container, program.environment, self.credentials, settings()
            )
            command = program.command(container)
            processes.append(container.start(command, environment, self._log(host)))
        return wait_for(processes, stop, seconds)

    def log_text(self, instance: int) -> str:
        """Everything that an instance has printed."""
        path = self._log(self.hosts[instance])
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def log_tail(self, instance: int) -> str:
        """The end of what an instance has printed."""
        return tail(self._log(self.hosts[instance]), TAIL_CHARS)

    def close(self, log_group: str) -> None:
        """Take the containers away, as SageMaker does, and put what they printed into a group."""
        logs, started = role_client("logs", self.credentials), int(time.time())
        for number, host in enumerate(self.hosts):
            text = self.log_text(number)
            if text:
                ship(logs, log_group, f"{self.folder.name}/{host}-{started}", text)
        for container in self.containers:
            shutil.rmtree(container.root, ignore_errors=True)

    def _log(self, host: str) -> Path:
        return self.folder / f"{host}.log"


def prepare(folder: Path, program: Program, role_arn: str, count: int) -> Instances:
    """Assume the role and make the containers; ImageError where no folder describes the image."""
    image: Image = find_image(program.image_uri, settings().project)
    credentials = role_credentials(role_arn, "SageMaker")
    shutil.rmtree(folder, ignore_errors=True)  # of a job of this name in an earlier life
    containers = (
        create_container(folder / f"algo-{number}", image) for number in range(1, count + 1)
    )
    return Instances(folder, tuple(containers), credentials)
