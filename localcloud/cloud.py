"""The local cloud as tests and the demo hold it: start, use, stop."""

from __future__ import annotations

import http.client
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from localcloud.images import EXTRA_IMAGES
from localcloud.ports import free_port
from localcloud.processes import Process, spawn, wait_for_http
from localcloud.state import ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Settings

PROJECT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
STOP_SECONDS = 30.0
# What of the caller's environment the cloud may see: never AWS settings, never PYTHONPATH.
INHERITED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH"),
    "LOCALCLOUD_CALLS",  # see iam_calls
)


@dataclass(frozen=True)
class LocalCloud:
    """A running local cloud. It ends with `stop`, or with the process that started it."""

    settings: Settings
    process: Process

    @classmethod
    def start(cls, home: Path, images: Path | None = None) -> LocalCloud:
        """Start on a free port and wait until it is ready. ProcessError where it does not come up.

        Everything that it writes is under `home`; its log is `home/cloud.log`. `images` is a
        folder of image folders besides the project's own.
        """
        settings = _settings(home)
        process = spawn(
            server_command(settings),
            cwd=PROJECT,
            environment=server_environment(images),
            log=settings.home / "cloud.log",
        )
        cloud = cls(settings, process)
        try:
            wait_for_http(f"{cloud.url}/_localcloud/health", process, READY_SECONDS)
        except BaseException:
            cloud.stop()
            raise
        return cloud

    @property
    def url(self) -> str:
        """The endpoint URL of every AWS service."""
        return self.settings.url

    @property
    def log(self) -> Path:
        """The log of the cloud's own process."""
        return self.process.log

    def environment(self) -> dict[str, str]:
        """What the CDK CLI, boto3 and every other AWS client need to use this cloud as root."""
        return client_environment(self.settings)

    def session(self) -> Session:
        """A boto3 session of the account's root, whose clients call this cloud."""
        return _session(self.url, self.settings.region)

    def stop(self) -> None:
        """End the cloud and everything that it started. Safe to call again."""
        self.process.terminate(STOP_SECONDS)


def _settings(home: Path) -> Settings:
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    return Settings(port=free_port(), home=home, project=PROJECT)


def client_environment(settings: Settings) -> dict[str, str]:
    """What every AWS client needs to use the cloud of these settings as root."""
    return {
        "AWS_ENDPOINT_URL": settings.url,
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DEFAULT_ACCOUNT": settings.account,
        "CDK_DEFAULT_REGION": settings.region,
    }


def server_command(settings: Settings) -> list[str]:
    """What runs the server."""
    command = [sys.executable, "-m", "localcloud.server"]
    return [*command, "--port", str(settings.port), "--home", str(settings.home)]


def server_environment(images: Path | None = None) -> dict[str, str]:
    """The part of the caller's environment that the server may see."""
    kept = {key: os.environ[key] for key in INHERITED if key in os.environ}
    return kept | ({EXTRA_IMAGES: str(images.resolve())} if images else {})


class Session(boto3.Session):  # type: ignore[misc] # boto3 ships no types
    """A boto3 session bound to one endpoint, whatever the environment says."""

    def __init__(self, url: str, region: str) -> None:
        super().__init__(ROOT_ACCESS_KEY, ROOT_SECRET_KEY, region_name=region)
        self._url = url

    def client(self, *args: Any, **kwargs: Any) -> Any:
        """A client of the local cloud."""
        return super().client(*args, **{"endpoint_url": self._url, **kwargs})

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        """A resource of the local cloud."""
        return super().resource(*args, **{"endpoint_url": self._url, **kwargs})


@cache
def _session(url: str, region: str) -> Session:
    # Each session reads the service models anew, SageMaker's for a second.
    return Session(url, region)


def is_up(url: str) -> bool:
    """True where a local cloud answers at the address."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", "/_localcloud/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
