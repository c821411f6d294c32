"""An object store in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tidewatch.aws.objects import StoredObject


@dataclass
class MemoryStore:
    """An `ObjectStore`; `writes` names every key that was written, in order."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def under(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        for key, body in sorted(self.bodies.items()):
            if key.startswith(prefix) and key > after:
                yield StoredObject(key, len(body), datetime(2026, 1, 1, tzinfo=UTC))

    def folders(self, prefix: str) -> list[str]:
        tails = {key.removeprefix(prefix) for key in self.bodies if key.startswith(prefix)}
        return sorted({f"{prefix}{tail.split('/')[0]}/" for tail in tails if "/" in tail})

    def read(self, key: str) -> bytes:
        return self.bodies[key]

    def write(self, key: str, body: bytes, content_type: str) -> None:
        del content_type
        self.bodies[key] = body
        self.writes.append(key)
