"""The laptop's mailbox, Slack and PagerDuty: receives what would reach people, keeps and shows it.

A process of its own on a loopback port: it stands for the world outside of AWS.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from localcloud.ports import LOOPBACK, free_port
from localcloud.processes import Process, spawn, wait_for_http

PROJECT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Inbox:
    """A running inbox. Made by `start`; ended by `stop`, or with this process."""

    url: str
    process: Process

    def stop(self) -> None:
        """End the process. Messages stay on disk."""
        self.process.terminate()


def start(home: Path) -> Inbox:
    """Start the inbox that keeps its messages under `home`, and wait until it answers.

    HTML files in `home/reports` are shown at `/reports/<file>`.
    """
    home = home.resolve()
    port = free_port()
    process = spawn(
        [sys.executable, "-m", "localcloud.inbox", "--port", str(port), "--home", str(home)],
        cwd=PROJECT,
        environment={"PATH": os.environ.get("PATH", os.defpath)},
        log=home / "inbox.log",
    )
    inbox = Inbox(f"http://{LOOPBACK}:{port}", process)
    try:
        wait_for_http(f"{inbox.url}/health", process, READY_SECONDS)
    except BaseException:
        inbox.stop()
        raise
    return inbox
