"""Settles source objects: each record into the table or the quarantine, exactly once.

Marks (see `tidewatch.aws.ledger`): in the table `<key>`, set with the object's rows: OPEN while
something of it has yet to be written, SETTLED when nothing has; in the quarantine table
`prediction_log/<model>/<key>`, set with the object's quarantined records, which are always
written last. So an object is settled when it is SETTLED, or OPEN and quarantined.

Whatever a run that died has left open, the next run finishes: it parses the object again, and the
table says by source, line and id which records are there. Every commit to the table sets the mark
`ingest` too, so that of two runs that commit at once, whatever their objects, one has to look
again: that is what keeps an id from coming in twice.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

import pyarrow as pa

from monitoring_jobs.prediction_log.intake import Intake, ParsedObject, Refused, Sorted
from monitoring_jobs.prediction_log.known_rows import places
from monitoring_jobs.prediction_log.source_objects import batches
from monitoring_jobs.prediction_log.tally import Tally
from tidewatch.aws import ledger
from tidewatch.aws.objects import ObjectStore, StoredObject, read_all
from tidewatch.aws.tables import QUARANTINE
from tidewatch.aws.transactions import with_transactions

logger = logging.getLogger(__name__)

UNIT = "prediction_log"
OPEN, SETTLED = 1, 2
_INGEST = "ingest"
_MAX_RECORD = 4096

V = TypeVar("V")


@dataclass
class Settlement(Generic[V]):
    """Settles the objects of one intake into the tables at two URIs, which exist."""

    model: str
    table_uri: str
    quarantine_uri: str
    intake: Intake[V]
    now: datetime
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._refresh()

    def settled(self, prefix: str) -> set[str]:
        """The keys under `prefix` that nothing is left to do for."""
        return {key for key in self._marks if key.startswith(prefix) and self._is_settled(key)}

    def unfinished(self, prefix: str) -> set[str]:
        """The keys under `prefix` that were begun and are not settled."""
        begun = {key for key in self._marks if key.startswith(prefix)}
        return {key for key in begun if not self._is_settled(key)}

    def run(self, store: ObjectStore, objects: Sequence[StoredObject]) -> None:
        """Settles `objects` in their order, as many at a time as fit into memory."""
        for batch in batches(objects):
            bodies = read_all(store, batch)
            parsed = [
                self.intake.parse(item, body) for item, body in zip(batch, bodies, strict=True)
            ]
            ledger.until_no_conflict(partial(self._settle, parsed), self._refresh)

    def _settle(self, parsed: list[ParsedObject[V]]) -> None:
        left = [item for item in parsed if not self._is_settled(item.stored.key)]
        if not left:
            return
        begun = [item.stored.key for item in left if item.stored.key in self._marks]
        there = places(self._table, begun)
        records = [r for item in left for r in item.records if r.place not in there]
        found = self.intake.sort(self._table, records, left)
        refused = [*(r for item in left for r in item.refused), *found.refused]
        self._write_rows(left, found, refused)
        ready = [item.stored.key for item in left if item.stored.key not in found.waiting]
        self._write_refused([item for item in refused if item.source in set(ready)])

    def _write_rows(
        self, left: list[ParsedObject[V]], found: Sorted, refused: list[Refused]
    ) -> None:
        """Commits rows and marks; not a word where an unfinished object has nothing new."""
        unsettled = found.waiting | {item.source for item in refused}
        marks = {
            item.stored.key: OPEN if item.stored.key in unsettled else SETTLED for item in left
        }
        news = {key: mark for key, mark in marks.items() if self._marks.get(key) != mark}
        if not news and not found.rows.num_rows:
            return
        marks[_INGEST] = self._marks.get(_INGEST, 0) + 1
        ledger.append(self._table, found.rows, marks)
        self._marks |= marks
        self.tally.accept(found.subjects)

    def _write_refused(self, refused: list[Refused]) -> None:
        if not refused:
            return
        marks = {self._quarantine_mark(item.source): 1 for item in refused}
        ledger.append(self._quarantine, self._quarantine_rows(refused), marks)
        self._quarantine_marks |= marks
        self.tally.refuse(refused)
        logger.warning("quarantined %d records of %d objects", len(refused), len(marks))

    def _quarantine_rows(self, refused: Collection[Refused]) -> pa.Table:
        rows = [
            {
                "model": self.model,
                "unit": UNIT,
                "reason": item.reason,
                "detail": item.detail,
                "source": item.source,
                "line": item.line,
                "record": _readable(item.text),
                "quarantined_at": self.now,
                "day": self.now.date(),
            }
            for item in refused
        ]
        return pa.Table.from_pylist(rows, schema=QUARANTINE)

    def _is_settled(self, key: str) -> bool:
        mark = self._marks.get(key)
        return mark == SETTLED or (
            mark == OPEN and self._quarantine_mark(key) in self._quarantine_marks
        )

    def _quarantine_mark(self, key: str) -> str:
        return f"{UNIT}/{self.model}/{key}"

    def _refresh(self) -> None:
        self._table, self._marks = with_transactions(self.table_uri)
        self._quarantine, self._quarantine_marks = with_transactions(self.quarantine_uri)


def _readable(record: bytes) -> str:
    """As much of `record` as the quarantine keeps, what is no UTF-8 escaped."""
    text = record[:_MAX_RECORD].decode("utf-8", "backslashreplace")
    return text.encode()[:_MAX_RECORD].decode("utf-8", "ignore")
