"""Servers that died by themselves are started again."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from localcloud.endpoints.endpoint import KIND, Endpoint
from localcloud.endpoints.model_server import ModelServer
from localcloud.jobs.lifecycle import CALLERS_FAULTS
from localcloud.jobs.records import collection

LONGEST_DELAY_SECONDS = 30.0
# A server that has run this long is not in a loop of crashes.
STABLE_SECONDS = 60.0

logger = logging.getLogger(__name__)


@dataclass
class _Care:
    """What is known of a server's crashes."""

    crashes: int = 0
    last_start: float = 0.0
    busy: bool = False


class Supervisor:
    """Watches the live servers of all endpoints; `look` is to be called several times a second."""

    def __init__(self) -> None:
        self._care: dict[ModelServer, _Care] = {}

    def look(self) -> None:
        """Restart, in the background, every live server that has died."""
        endpoints = [each for each in list(collection(KIND).values()) if isinstance(each, Endpoint)]
        live = {server for endpoint in endpoints for server in endpoint.servers()}
        self._care = {server: care for server, care in self._care.items() if server in live}
        for server in live:
            care = self._care.setdefault(server, _Care())
            if not (server.alive or server.retired or care.busy):
                care.busy = True
                threading.Thread(target=_restart, args=(server, care), daemon=True).start()


def _restart(server: ModelServer, care: _Care) -> None:
    if time.monotonic() - care.last_start > STABLE_SECONDS:
        care.crashes = 0
    delay = min(LONGEST_DELAY_SECONDS, 2.0 ** (care.crashes - 1)) if care.crashes else 0.0
    logger.warning("the server of variant %s died: restart in %g s", server.variant, delay)
    time.sleep(delay)
    care.crashes += 1
    care.last_start = time.monotonic()
    try:
        server.start()
        server.wait_healthy()
        if server.retired:  # meanwhile
            server.retire(drain_seconds=0.0)
    except CALLERS_FAULTS as fault:
        logger.warning("variant %s did not come back: %s", server.variant, fault)
    finally:
        care.busy = False
