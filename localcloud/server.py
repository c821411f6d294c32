"""`python -m localcloud.server --port N --home DIR`: the whole local cloud in one process.

Ready when GET /_localcloud/health answers 200. SIGTERM and SIGINT end it, and everything that it
started, within seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from localcloud.state import ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Settings, configure

PROJECT = Path(__file__).resolve().parent.parent
SHUTDOWN_SECONDS = 25.0
# Endpoint requests (60 s) and uploads must not be cut short by a keep-alive timer.
KEEP_ALIVE_SECONDS = 75.0


def environment(settings: Settings) -> dict[str, str]:
    """The variables that ministack reads when it is imported."""
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(settings.port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": settings.account,
        "MINISTACK_REGION": settings.region,
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_ACCOUNT_ID": settings.account,
        "AUTH": "true",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        # Both would open a port of their own.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(settings.home / "tmp"),
    }


def main(arguments: list[str]) -> None:
    """Run until a signal comes."""
    settings = _parse(arguments)
    (settings.home / "tmp").mkdir(parents=True, exist_ok=True)
    os.environ.update(environment(settings))
    os.environ.pop("AWS_SESSION_TOKEN", None)
    configure(settings)
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("localcloud").setLevel(logging.INFO)
    asyncio.run(_run(settings))


def _parse(arguments: list[str]) -> Settings:
    parser = argparse.ArgumentParser(prog="localcloud.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parsed = parser.parse_args(arguments)
    return Settings(port=parsed.port, home=parsed.home.resolve(), project=PROJECT)


async def _run(settings: Settings) -> None:
    # Imported late: ministack reads its environment at import.
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from localcloud import assembly

    application = assembly.build(settings)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    config = Config()
    config.bind = [f"127.0.0.1:{settings.port}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.graceful_timeout = 1.0
    config.loglevel = "WARNING"
    await serve(application, config, shutdown_trigger=stopped.wait)  # type: ignore[arg-type]
    await asyncio.to_thread(_shut_down, assembly.shutdown)


def _shut_down(shutdown: object) -> None:
    """End what was started, then the process itself, whatever its threads still wait for.

    Emulated services hold threads that may sleep for minutes (a Wait state, a long poll);
    Python would join them.
    """
    watchdog = threading.Timer(SHUTDOWN_SECONDS, os._exit, [1])
    watchdog.daemon = True
    watchdog.start()
    try:
        shutdown()  # type: ignore[operator]
    finally:
        logging.shutdown()
        os._exit(0 if sys.exc_info()[0] is None else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
