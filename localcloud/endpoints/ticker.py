"""Something that is done again and again in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

JOIN_SECONDS = 5.0

logger = logging.getLogger(__name__)


class Ticker:
    """Calls a function every so many seconds, until stopped; a fault is logged and outlived."""

    def __init__(self, seconds: float, function: Callable[[], None]) -> None:
        self._seconds = seconds
        self._function = function
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the call that may be running."""
        self._stopped.set()
        self._thread.join(JOIN_SECONDS)

    def _tick(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self._function()
            except Exception:  # the boundary of a thread: the next tick may succeed
                logger.exception("%s failed", self._function)
