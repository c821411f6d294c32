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

from hypercorn.asyncio import serve
from hypercorn.config import Config

from localcloud.ports import in_use
from localcloud.state import ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Settings, configure

PROJECT = Path(__file__).resolve().parent.parent
SHUTDOWN_SECONDS = 25.0
GRACE_SECONDS = 1.0
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
        # An endpoint is there in seconds: states wait, and try again, after a tenth of the time.
        "SFN_WAIT_SCALE": "0.1",
        "LOG_LEVEL": "WARNING",
        # Both would open a port of their own.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(settings.home / "tmp"),
    }


def main(arguments: list[str]) -> None:
    """Run until a signal comes."""
    settings = _parse(arguments)
    if in_use(settings.port):
        sys.exit(f"port {settings.port} is in use; give another with --port")
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
    # ministack reads its environment when it is imported.
    from localcloud import assembly  # noqa: PLC0415

    application = assembly.build(settings)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)

    async def end_the_rest_first() -> None:
        await stopped.wait()
        _hurry()
        # The gateway still answers: endpoints put their last capture and metrics.
        await asyncio.to_thread(assembly.shutdown)

    config = Config()
    config.bind = [f"127.0.0.1:{settings.port}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.graceful_timeout = GRACE_SECONDS
    config.loglevel = "WARNING"
    await serve(application, config, shutdown_trigger=end_the_rest_first)  # type: ignore[arg-type]
    # Emulated services hold threads that may sleep for minutes (a Wait state, a long poll), and
    # Python would join them.
    logging.shutdown()
    os._exit(0)


def _hurry() -> None:
    """End this process, come what may, when the time for an orderly end is over."""
    watchdog = threading.Timer(SHUTDOWN_SECONDS, os._exit, [1])
    watchdog.daemon = True
    watchdog.start()


if __name__ == "__main__":
    main(sys.argv[1:])
