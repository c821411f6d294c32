"""Free ports on the loopback interface."""

from __future__ import annotations

import socket
import threading

LOOPBACK = "127.0.0.1"

_given: set[int] = set()
_lock = threading.Lock()


def free_port() -> int:
    """A loopback port that nothing listens on, never the same twice in one process.

    The port is closed again before it is returned, so another program may still take it first:
    the caller's server then fails to start and says so.
    """
    with _lock:
        while True:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.bind((LOOPBACK, 0))
                port: int = probe.getsockname()[1]
            if port not in _given:
                _given.add(port)
                return port


def in_use(port: int) -> bool:
    """True where something already listens on the loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
