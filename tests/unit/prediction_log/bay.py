"""A bucket of captures and labels, and runs of the prediction log over it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from monitoring_jobs.prediction_log.clock import Clock
from monitoring_jobs.prediction_log.ingest import IngestRun
from tests.unit.monitoring.world import MODEL, NOW, START, FakeVersions, Heard, serving
from tidewatch.aws.objects import StoredObject
from tidewatch.core.window import Window

HOUR = "2026/01/01/10"


@dataclass
class FakeStore:
    """An `ObjectStore` in memory; `read_count` says how often objects were read."""

    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def under(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        for key in sorted(self.objects):
            if key.startswith(prefix) and key > after:
                body, modified = self.objects[key]
                yield StoredObject(key, len(body), modified)

    def folders(self, prefix: str) -> list[str]:
        tails = {key.removeprefix(prefix) for key in self.objects if key.startswith(prefix)}
        return sorted({f"{prefix}{tail.partition('/')[0]}/" for tail in tails if "/" in tail})

    def read(self, key: str) -> bytes:
        self.reads.append(key)
        return self.objects[key][0]

    def chunks(self, key: str) -> Iterator[bytes]:
        body = self.read(key)
        yield from (body[at : at + 1000] for at in range(0, len(body), 1000))

    def write(self, key: str, body: bytes, content_type: str) -> None:
        raise NotImplementedError


@dataclass
class FakeInvocations:
    """How many requests each variant answered, by the hours' starts."""

    counts: dict[tuple[str, datetime], int] = field(default_factory=dict)

    def answered(
        self, variants: Iterable[str], span: Window, period: timedelta
    ) -> dict[tuple[str, datetime], int]:
        assert period == timedelta(hours=1)
        known = set(variants)
        return {
            hour: count
            for hour, count in self.counts.items()
            if hour[0] in known and hour[1] in span
        }


def capture(
    name: str, *, rows: int = 1, version: str | None = "1", at: datetime = START
) -> dict[str, Any]:
    """A capture record of `rows` predictions."""
    times = [at + timedelta(seconds=i) for i in range(rows)]
    request = "".join(f"{i}.5,AA,{time.isoformat()}\n" for i, time in enumerate(times))
    kind = "text/csv; charset=utf-8" + (f"; version={version}" if version else "")
    return {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": request,
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": kind,
                "mode": "OUTPUT",
                "data": "0.25\n" * rows,
                "encoding": "CSV",
            },
        },
        "eventMetadata": {
            "eventId": f"event-{name}",
            "inferenceId": name,
            "inferenceTime": "2026-01-01T10:00:00Z",
        },
        "eventVersion": "0",
    }


def label(name: str, value: str = "1") -> dict[str, Any]:
    """A label in SageMaker's ground-truth format."""
    return {
        "groundTruthData": {"data": value, "encoding": "CSV"},
        "eventMetadata": {"eventId": name},
        "eventVersion": "0",
    }


def lines(*records: dict[str, Any] | bytes) -> bytes:
    """Records as the lines of an object."""
    texts = [item if isinstance(item, bytes) else json.dumps(item).encode() for item in records]
    return b"".join(text + b"\n" for text in texts)


@dataclass
class Bay:
    """The world of the prediction log."""

    root: str
    store: FakeStore = field(default_factory=FakeStore)
    heard: Heard = field(default_factory=Heard)
    versions: FakeVersions = field(default_factory=lambda: serving(champion="1", challenger="2"))
    invocations: FakeInvocations = field(default_factory=FakeInvocations)
    time: datetime = NOW

    def run(self, **changes: Any) -> IngestRun:
        run = IngestRun(
            model=MODEL,
            root=self.root,
            endpoint="flights-local",
            store=self.store,
            versions=self.versions,
            invocations=self.invocations,
            publisher=self.heard.publisher,
            grace=timedelta(hours=1),
            clock=Clock(ahead=timedelta(days=366), behind=None),
            lease_seconds=120,
            now=self._tick,
        )
        return replace(run, **changes)

    def _tick(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def captured(self, name: str, body: bytes, variant: str = "champion", hour: str = HOUR) -> str:
        key = f"capture/flights-local/{variant}/{hour}/{name}.jsonl"
        self.store.objects[key] = (body, self.time)
        return key

    def labelled(self, name: str, body: bytes) -> str:
        key = f"labels/flights/{HOUR}/{name}.jsonl"
        self.store.objects[key] = (body, self.time)
        return key

    def log(self) -> list[dict[str, Any]]:
        return self._rows("prediction_log/flights", "inference_id")

    def labels(self) -> list[dict[str, Any]]:
        return self._rows("labels/flights", "inference_id")

    def quarantine(self) -> list[dict[str, Any]]:
        return self._rows("quarantine", "source", "line", "reason", "detail")

    def reasons(self) -> list[tuple[str, int]]:
        """Reason and line of each quarantined record."""
        return [(row["reason"], row["line"]) for row in self.quarantine()]

    def ids(self) -> list[str]:
        return [row["inference_id"] for row in self.log()]

    def _rows(self, table: str, *keys: str) -> list[dict[str, Any]]:
        rows = DeltaTable(f"{self.root}/{table}").to_pyarrow_table().to_pylist()
        return sorted(rows, key=lambda row: [row[key] for key in keys])


def new_bay(folder: Path) -> Bay:
    """A bay whose endpoint serves version 1 as champion and 2 as challenger."""
    return Bay(str(folder))
