"""A processing program whose arguments are the steps that it takes, one after the other."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import boto3

ML = Path(os.environ["ML_ROOT"])
OUT = ML / "processing/output"


def describe() -> None:
    """Write what a program can know about itself."""
    inputs = ML / "processing/input"
    found: dict[str, Any] = {
        "arguments": sys.argv[1:],
        "environment": dict(os.environ),
        "inputs": sorted(
            path.relative_to(inputs).as_posix() for path in inputs.rglob("*") if path.is_file()
        ),
        "job": json.loads((ML / "config/processingjobconfig.json").read_text()),
        "resources": json.loads((ML / "config/resourceconfig.json").read_text()),
        "folder": str(Path.cwd()),
    }
    host = found["resources"]["current_host"]
    (OUT / f"{host}.json").write_text(json.dumps(found))


def link() -> None:
    """Leave a symlink beside a file, and a file in a folder."""
    (OUT / "deep").mkdir()
    (OUT / "deep/real.txt").write_text("real")
    (OUT / "link.txt").symlink_to(OUT / "deep/real.txt")


def message() -> None:
    """Leave more than one kilobyte of exit message."""
    (ML / "output/message").write_text("m" * 2000)


def fail() -> None:
    """End with code 3."""
    print("the column 'temp' is missing", flush=True)
    sys.exit(3)


def killed() -> None:
    """End as the kernel's out-of-memory killer would do it."""
    os.kill(os.getpid(), signal.SIGKILL)


def wait() -> None:
    """Wait for SIGTERM, and end with code 0 then."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("waiting", flush=True)
    time.sleep(300)


def forbidden() -> None:
    """Ask S3 for what the role may not have."""
    boto3.client("s3").list_buckets()


STEPS = {
    "describe": describe,
    "link": link,
    "message": message,
    "fail": fail,
    "killed": killed,
    "wait": wait,
    "forbidden": forbidden,
}

if __name__ == "__main__":
    for name in sys.argv[1:]:
        if name in STEPS:
            STEPS[name]()
