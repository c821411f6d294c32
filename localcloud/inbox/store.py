"""Messages on disk, one JSON document a line, safe against a kill at any moment."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from localcloud.inbox.message import Message

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A message with its number (from 1) and the time it came."""

    id: int
    received_at: str
    message: Message

    def document(self) -> dict[str, Any]:
        """The JSON form, as it is stored and served."""
        return {"id": self.id, "received_at": self.received_at, **asdict(self.message)}


class Store:
    """The messages of one file, all of them in memory too."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._kept = [_parse(line) for line in _whole_lines(file)]

    def add(self, message: Message) -> Kept:
        """Keep a message; it is on disk when this returns."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        kept = Kept(len(self._kept) + 1, now, message)
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(kept.document()) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        self._kept.append(kept)
        return kept

    def all(self) -> list[Kept]:
        """Every message, the oldest first."""
        return list(self._kept)


def _whole_lines(file: Path) -> list[str]:
    """The complete lines of the file; a torn last one, of a killed writer, is cut off."""
    if not file.exists():
        return []
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) != len(content):
        logger.warning("%s: cut off a message that was not written whole", file)
        with file.open("r+b") as stream:
            stream.truncate(len(whole))
    return whole.decode().splitlines()


def _parse(line: str) -> Kept:
    document = json.loads(line)
    number, received_at = document.pop("id"), document.pop("received_at")
    return Kept(number, received_at, Message(**document))
