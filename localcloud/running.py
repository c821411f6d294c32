"""What runs beside the gateway: Prometheus, Alertmanager, MLflow, the inbox. All end with it."""

from __future__ import annotations

import logging
import threading
from typing import Protocol

logger = logging.getLogger(__name__)


class Service(Protocol):
    """Something with an address that can be ended."""

    @property
    def url(self) -> str:
        """Where it listens, on the loopback interface."""
        ...

    def stop(self) -> None:
        """End it, and wait for its end."""
        ...


_services: dict[tuple[str, str], Service] = {}
_lock = threading.Lock()


def add(kind: str, name: str, service: Service) -> None:
    """Remember a service that was started under the kind (`prometheus`) and the resource's id."""
    with _lock:
        _services[kind, name] = service


def get(kind: str, name: str) -> Service | None:
    """The service of this kind and id; None where none runs."""
    with _lock:
        return _services.get((kind, name))


def names(kind: str) -> list[str]:
    """The ids of the services of a kind, the oldest first."""
    with _lock:
        return [name for found, name in _services if found == kind]


def address(kind: str) -> str | None:
    """The address of the oldest service of a kind; None where none runs."""
    known = names(kind)
    service = get(kind, known[0]) if known else None
    return service.url if service else None


def stop(kind: str, name: str) -> None:
    """End one service; nothing happens where none runs."""
    with _lock:
        service = _services.pop((kind, name), None)
    if service is not None:
        service.stop()


def stop_all() -> None:
    """End every service, the youngest first."""
    with _lock:
        known = list(_services)
    for kind, name in reversed(known):
        stop(kind, name)
