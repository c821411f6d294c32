"""The end of ministack's Lambda workers, however the cloud ends."""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

import os

from ministack.core import lambda_runtime

from localcloud import processes


def install() -> None:
    """Let the workers, which are in this process's group, die with it even after `kill -9`."""
    # Where the cloud was started by hand, the group is the terminal's or make's: leave it alone.
    if os.getpgrp() == os.getpid():
        guard = processes._guard()
        os.write(guard.pipe, f"+ {os.getpid()}\n".encode())


def shutdown() -> None:
    """End every warm worker: ministack's own shutdown leaves them running."""
    lambda_runtime.reset()
