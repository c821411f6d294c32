"""One variant's server: a process of the serving image, and the connections to it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import urllib3

from localcloud.clients import role_credentials
from localcloud.endpoints.artefact import bring
from localcloud.endpoints.deployable import Deployable
from localcloud.images import find_image
from localcloud.jobs.container import Container, create_container
from localcloud.jobs.environment import container_environment
from localcloud.jobs.storage import role_client
from localcloud.ports import LOOPBACK, free_port
from localcloud.processes import Process, wait_for_http
from localcloud.state import settings

PING_SECONDS = 240.0
INVOCATION_SECONDS = 60.0
STOP_GRACE_SECONDS = 30.0
DRAIN_SECONDS = 60.0
POLL_SECONDS = 0.02
CONNECTIONS = 64
MODEL = "/opt/ml/model"


class ServerGoneError(Exception):
    """The server took no connection: its process is dead, or not up again yet."""


class ServerBrokeError(Exception):
    """The server broke the connection instead of answering: the request may have killed it."""


class ServerTimeoutError(Exception):
    """The server did not answer within the minute that SageMaker gives."""


@dataclass(frozen=True)
class ModelAnswer:
    """What the model's server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ModelServer:
    """A server process with its container. Made and started by `launch`.

    `in_flight` counts the requests that it is answering; a server is retired only when there are
    none.
    """

    def __init__(self, variant: str, deployable: Deployable, container: Container) -> None:
        self.variant = variant
        self.deployable = deployable
        self.container = container
        self.retired = False
        self._in_flight = 0
        self._lock = threading.Lock()
        self._process: Process
        self._pool: urllib3.HTTPConnectionPool

    @property
    def alive(self) -> bool:
        """True while its process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process that serves now; another one after a crash."""
        return self._process.pid

    def start(self) -> None:
        """Start the process, on a port of its own; `wait_healthy` tells when it serves."""
        port = free_port()
        environment = container_environment(
            self.container,
            self.deployable.environment,
            role_credentials(self.deployable.role, "SageMaker"),
            settings(),
        )
        command = self.container.command(self.container.image.entrypoint, ["serve"])
        log = self.container.root.with_suffix(".log")
        self._process = self.container.start(
            command, {**environment, "SAGEMAKER_BIND_TO_PORT": str(port)}, log
        )
        self._url = f"http://{LOOPBACK}:{port}"
        self._pool = urllib3.HTTPConnectionPool(
            LOOPBACK, port, maxsize=CONNECTIONS, timeout=INVOCATION_SECONDS, retries=False
        )

    def wait_healthy(self) -> None:
        """Return when /ping answers 200. ProcessError, with the log's end, when it never does."""
        wait_for_http(f"{self._url}/ping", self._process, PING_SECONDS)

    def acquire(self) -> None:
        """Note that a request is on its way; `send` must follow."""
        with self._lock:
            self._in_flight += 1

    def send(self, headers: Mapping[str, str], body: bytes) -> ModelAnswer:
        """POST /invocations. One of this module's errors where no answer comes."""
        try:
            answer = self._pool.request("POST", "/invocations", body=body, headers=headers)
        except urllib3.exceptions.NewConnectionError as fault:
            raise ServerGoneError from fault
        except urllib3.exceptions.TimeoutError as fault:
            raise ServerTimeoutError from fault
        except urllib3.exceptions.HTTPError as fault:
            raise ServerBrokeError from fault
        finally:
            with self._lock:
                self._in_flight -= 1
        return ModelAnswer(answer.status, answer.headers, answer.data)

    def retire(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        """Let the last requests end, then the process; its container goes with it."""
        self.retired = True
        deadline = time.monotonic() + drain_seconds
        while self._in_flight and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        self._process.terminate(STOP_GRACE_SECONDS if drain_seconds else 1.0)
        self._pool.close()
        shutil.rmtree(self.container.root, ignore_errors=True)


def launch(folder: Path, variant: str, deployable: Deployable) -> ModelServer:
    """Make a container in the folder, bring the model into it, and start its server."""
    container = create_container(folder, find_image(deployable.image, settings().project))
    if deployable.artefact:
        s3 = role_client("s3", role_credentials(deployable.role, "SageMaker"))
        bring(s3, deployable.artefact, container.path(MODEL))
    server = ModelServer(variant, deployable, container)
    server.start()
    return server
