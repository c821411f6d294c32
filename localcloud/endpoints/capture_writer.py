"""Capture records on their way to S3: gathered for a moment, then put as one object."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clients import role_credentials, split_s3
from localcloud.jobs.storage import role_client

QUIET_SECONDS = 1.0
LONGEST_SECONDS = 2.0
LARGEST_BYTES = 1_000_000
RETRY_SECONDS = 5.0
# What is held while S3 refuses; beyond it, records are dropped, and the log says how many.
MOST_BYTES = 64_000_000
CREDENTIALS_SECONDS = 1800.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where records belong: one folder a variant and hour, written under the variant's role."""

    destination: str
    endpoint: str
    variant: str
    hour: str
    role: str

    def key(self, moment: datetime) -> tuple[str, str]:
        """Bucket and key of a new object, in AWS's layout."""
        bucket, prefix = split_s3(self.destination)
        folder = "/".join(filter(None, (prefix, self.endpoint, self.variant, self.hour)))
        name = f"{moment:%M-%S}-{moment.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
        return bucket, f"{folder}/{name}"


def place(destination: str, endpoint: str, variant: str, role: str, moment: datetime) -> Place:
    """The place of a record of this moment (in UTC)."""
    return Place(destination, endpoint, variant, f"{moment:%Y/%m/%d/%H}", role)


@dataclass
class Batch:
    """Records of one place that wait to be put together."""

    first: float
    moment: datetime
    last: float = 0.0
    not_before: float = 0.0
    size: int = 0
    lines: list[bytes] = field(default_factory=list)

    def due(self, now: float) -> bool:
        """True when the batch is large, old or quiet enough, and not put off by a failure."""
        ripe = (
            self.size >= LARGEST_BYTES
            or now - self.last >= QUIET_SECONDS
            or now - self.first >= LONGEST_SECONDS
        )
        return ripe and now >= self.not_before


class CaptureWriter:
    """Gathers records by place; `flush_due` is to be called several times a second."""

    def __init__(self) -> None:
        self._batches: dict[Place, Batch] = {}
        self._held = 0
        self._lock = threading.Lock()
        self._clients: dict[str, tuple[float, Any]] = {}

    def add(self, where: Place, line: bytes, moment: datetime) -> None:
        """Hold one record until its batch is put."""
        now = time.monotonic()
        with self._lock:
            if self._held + len(line) > MOST_BYTES:
                logger.error("capture of %s: a record is lost, S3 refuses for long", where.endpoint)
                return
            batch = self._batches.setdefault(where, Batch(first=now, moment=moment))
            batch.lines.append(line)
            batch.size += len(line)
            batch.last = now
            self._held += len(line)

    def flush_due(self) -> None:
        """Put every batch whose time has come."""
        now = time.monotonic()
        self._put_all(self._taken(lambda _, batch: batch.due(now)), final=False)

    def flush(self, endpoint: str | None = None) -> None:
        """Put everything (of one endpoint) now; what S3 refuses is lost, and logged."""
        chosen = self._taken(lambda where, _: endpoint in {None, where.endpoint})
        self._put_all(chosen, final=True)

    def _taken(self, chosen: Any) -> dict[Place, Batch]:
        with self._lock:
            taken = {key: batch for key, batch in self._batches.items() if chosen(key, batch)}
            for where, batch in taken.items():
                del self._batches[where]
                self._held -= batch.size
        return taken

    def _put_all(self, batches: dict[Place, Batch], *, final: bool) -> None:
        for where, batch in batches.items():
            try:
                self._put(where, batch)
            except (ClientError, BotoCoreError, OSError) as fault:
                logger.error("capture of %s: S3 refused: %s", where.endpoint, fault)  # noqa: TRY400
                if final:
                    logger.error("%d capture records of %s are lost", len(batch.lines), where)  # noqa: TRY400
                else:
                    self._put_off(where, batch)

    def _put(self, where: Place, batch: Batch) -> None:
        bucket, key = where.key(batch.moment)
        self._client(where.role).put_object(
            Bucket=bucket, Key=key, Body=b"".join(batch.lines), ContentType="application/jsonl"
        )

    def _put_off(self, where: Place, batch: Batch) -> None:
        """Give a refused batch back, before what came meanwhile."""
        with self._lock:
            newer = self._batches.get(where)
            if newer:
                batch.lines += newer.lines
                batch.size += newer.size
                self._held -= newer.size
            batch.not_before = time.monotonic() + RETRY_SECONDS
            self._batches[where] = batch
            self._held += batch.size

    def _client(self, role: str) -> Any:
        made, client = self._clients.get(role, (0.0, None))
        if client is None or time.monotonic() - made > CREDENTIALS_SECONDS:
            client = role_client("s3", role_credentials(role, "SageMaker"))
            self._clients[role] = (time.monotonic(), client)
        return client
