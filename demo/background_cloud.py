"""A local cloud that goes on when the demo has ended, until it is stopped."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore.config import Config

from demo.places import Places
from localcloud.cloud import (
    Session,
    client_environment,
    is_up,
    server_command,
    server_environment,
)
from localcloud.ports import free_port
from localcloud.processes import tail
from localcloud.state import Settings
from tidewatch.core.errors import Fault, TidewatchError

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5})
_READY_SECONDS = 90.0
_STOP_SECONDS = 40.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class BackgroundCloud:
    """The demo's cloud; a new one starts from nothing."""

    settings: Settings

    @classmethod
    def start(cls, places: Places) -> BackgroundCloud:
        """End what an earlier demo left, and start anew. Raises TidewatchError if it can't."""
        cls.stop(places)
        shutil.rmtree(places.home, ignore_errors=True)
        places.cloud.mkdir(parents=True)
        settings = Settings(port=free_port(), home=places.cloud, project=places.project)
        log = places.cloud / "cloud.log"
        pid = _spawn(settings, log)
        places.running.write_text(json.dumps({"pid": pid, "url": settings.url}))
        deadline = time.monotonic() + _READY_SECONDS
        while not is_up(settings.url):
            if os.waitpid(pid, os.WNOHANG)[0] or time.monotonic() > deadline:
                raise TidewatchError(
                    Fault("local cloud", "no answer", "a ready cloud", f"read {log}:\n{tail(log)}")
                )
            time.sleep(_POLL_SECONDS)
        return cls(settings)

    @staticmethod
    def stop(places: Places) -> bool:
        """End the cloud that the last demo started; False where none was running."""
        if not places.running.is_file():
            return False
        running = json.loads(places.running.read_text())
        found = is_up(running["url"])
        # The id may belong to a stranger by now: only a cloud that answers is ended.
        if found:
            _end(running["pid"])
        places.running.unlink()
        return found

    @staticmethod
    def pid(places: Places) -> int:
        """The process of the cloud that runs."""
        return int(json.loads(places.running.read_text())["pid"])

    @property
    def url(self) -> str:
        """The address of all of AWS."""
        return self.settings.url

    def client(self, service: str) -> Any:
        """A client of the account's root."""
        return _client(self.url, self.settings.region, service)

    def environment(self) -> dict[str, str]:
        """The caller's environment, turned to this cloud."""
        mine = f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}"
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
            "PATH": mine,
            **client_environment(self.settings),
        }


def _spawn(settings: Settings, log: Path) -> int:
    """Start the server in a session of its own, so that it outlives this process; its id."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.posix_spawn(
        sys.executable,
        server_command(settings),
        {**server_environment(), "PYTHONPATH": str(settings.project)},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


# Making a client reads the service's model anew, which takes SageMaker's a second.
@cache
def _client(url: str, region: str, service: str) -> Any:
    return Session(url, region).client(service, config=_CONFIG)


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(_POLL_SECONDS)
        os.kill(pid, signal.SIGKILL)
