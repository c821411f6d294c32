"""The list of resources that a template has and this cloud accepts without emulating them."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True)
class NotEmulated:
    """One resource that exists here as a record only."""

    stack: str
    logical_id: str
    type: str


_listed: set[NotEmulated] = set()
_lock = threading.Lock()


def record(resource: NotEmulated) -> None:
    """Put a resource on the list."""
    with _lock:
        _listed.add(resource)


def forget(resource: NotEmulated) -> None:
    """Take a deleted resource off the list."""
    with _lock:
        _listed.discard(resource)


def listed() -> list[dict[str, str]]:
    """The list as `/_localcloud/not-emulated` shows it."""
    with _lock:
        return [asdict(resource) for resource in sorted(_listed)]
