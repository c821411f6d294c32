"""What the whole server process knows about itself: port, folders, account, region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT_ACCESS_KEY = "TIDEWATCHLOCALROOT00"
ROOT_SECRET_KEY = "local-root-secret-of-no-value"  # noqa: S105 - opens nothing but a loopback port


@dataclass(frozen=True)
class Settings:
    """Where this local cloud listens and keeps its files.

    `home` holds everything that the cloud writes; `project` is the root of the repository, whose
    image folders the job executors read.
    """

    port: int
    home: Path
    project: Path
    account: str = "123456789012"
    region: str = "us-east-1"

    @property
    def url(self) -> str:
        """The gateway's address: the endpoint URL of every AWS service."""
        return f"http://127.0.0.1:{self.port}"


_configured: list[Settings] = []


def configure(settings: Settings) -> None:
    """Fix the settings of this process; the last call wins (tests configure more than once)."""
    _configured[:] = [settings]


def settings() -> Settings:
    """The settings of this process. RuntimeError before `configure`."""
    if not _configured:
        raise RuntimeError("the local cloud is not configured: call state.configure() first")
    return _configured[0]
