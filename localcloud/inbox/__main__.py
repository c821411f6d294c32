"""`python -m localcloud.inbox --port N --home DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from localcloud.inbox.app import build
from localcloud.ports import LOOPBACK


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="localcloud.inbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    arguments = parser.parse_args()
    uvicorn.run(
        build(arguments.home),
        host=LOOPBACK,
        port=arguments.port,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
