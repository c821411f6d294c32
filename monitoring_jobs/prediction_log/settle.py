"""Settles source objects: each record into the table or the quarantine, exactly once.

Marks (see `tidewatch.aws.ledger`): in the table `<key>`, set with the object's rows: OPEN while
something of it has yet to be written, SETTLED when nothing has; in the quarantine table
`prediction_log/<model>/<key>`, set with the object's quarantined records, which are always
written last. So an object is settled when it is SETTLED, or OPEN and quarantined.

A large object is settled portion by portion: it stays OPEN, and its quarantined records are kept,
until its last portion is written.

Whatever a run that died has left open, the next run finishes: it parses the object again, and the
table says by source, line and id which records are there. Every commit to the table sets the mark
`ingest` too, so that of two runs that commit at once, whatever their objects, one has to look
again: that is what keeps an id from coming in twice.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Generic, TypeVar

import pyarrow as pa

from monitoring_jobs.prediction_log.intake import Intake, Part, Portion, Refused, Sorted
from monitoring_jobs.prediction_log.known_rows import places
from monitoring_jobs.prediction_log.source_objects import batches, opened
from monitoring_jobs.prediction_log.tally import Tally
from tidewatch.aws import ledger
from tidewatch.aws.objects import StoredObject, StreamingStore
from tidewatch.aws.tables import QUARANTINE
from tidewatch.aws.transactions import with_transactions

logger = logging.getLogger(__name__)

UNIT = "prediction_log"
OPEN, SETTLED = 1, 2
_INGEST = "ingest"
_MAX_RECORD = 4096
_PORTION_BYTES = 64 * 1024 * 1024

R = TypeVar("R")


@dataclass(frozen=True)
class _Pending:
    """What an object has yet to have written, once all of it is read."""

    refused: tuple[Refused, ...] = ()
    is_waiting: bool = False

    def plus(self, refused: Iterable[Refused], *, is_waiting: bool) -> _Pending:
        """The same, with what another portion adds."""
        return _Pending((*self.refused, *refused), self.is_waiting or is_waiting)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return not self.refused and not self.is_waiting


@dataclass
class Settlement(Generic[R]):
    """Settles the objects of one intake into the tables at two URIs, which exist."""

    model: str
    table_uri: str
    quarantine_uri: str
    intake: Intake[R]
    now: datetime
    tally: Tally = field(default_factory=Tally)
    # Of objects in progress: what is left to write; and those that only this run has written to.
    _pending: dict[str, _Pending] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._refresh()

    def settled(self, prefix: str) -> set[str]:
        """The keys under `prefix` that nothing is left to do for."""
        return {key for key in self._marks if key.startswith(prefix) and self._is_settled(key)}

    def unfinished(self, prefix: str) -> set[str]:
        """The keys under `prefix` that were begun and are not settled."""
        begun = {key for key in self._marks if key.startswith(prefix)}
        return {key for key in begun if not self._is_settled(key)}

    def run(self, store: StreamingStore, objects: Sequence[StoredObject]) -> None:
        """Settles `objects` in their order, as much at a time as fits into memory."""
        for portions in self._portions(store, objects):
            ledger.until_no_conflict(partial(self._settle, portions), self._refresh)

    def _portions(
        self, store: StreamingStore, objects: Sequence[StoredObject]
    ) -> Iterator[list[Portion[R]]]:
        for batch in batches(objects):
            portions: list[Portion[R]] = []
            size = 0
            for stored, start in opened(store, batch):
                parts: list[Part[R]] = []
                for part in self.intake.parse(stored, start):
                    parts.append(part)
                    size += part.size
                    if size >= _PORTION_BYTES:
                        yield [*portions, Portion(stored, parts, is_last=False)]
                        portions, parts, size = [], [], 0
                portions.append(Portion(stored, parts, is_last=True))
            yield portions

    def _settle(self, portions: Sequence[Portion[R]]) -> None:
        left = [item for item in portions if not self._is_settled(item.stored.key)]
        if not left:
            return
        begun = {item.stored.key for item in left if item.stored.key in self._marks}
        found = self.intake.sort(self._table, left, places(self._table, begun - self._own))
        pending = self._with_pending(left, found)
        self._write_rows(left, found, pending)
        ready = [pending.pop(item.stored.key) for item in left if item.is_last]
        self._write_refused([r for item in ready if not item.is_waiting for r in item.refused])
        self._pending = pending

    def _with_pending(self, left: Sequence[Portion[R]], found: Sorted) -> dict[str, _Pending]:
        """What is to be written of each object once all of it is read, with what is new."""
        new: dict[str, list[Refused]] = {item.stored.key: [] for item in left}
        for refused in chain(*(p.refused for item in left for p in item.parts), found.refused):
            new[refused.source].append(refused)
        return {
            key: self._pending.get(key, _Pending()).plus(items, is_waiting=key in found.waiting)
            for key, items in new.items()
        }

    def _write_rows(
        self, left: Sequence[Portion[R]], found: Sorted, pending: Mapping[str, _Pending]
    ) -> None:
        """Commits rows and marks; not a word where an unfinished object has nothing new."""
        marks = {
            item.stored.key: SETTLED if item.is_last and pending[item.stored.key].is_empty else OPEN
            for item in left
        }
        news = {key: mark for key, mark in marks.items() if self._marks.get(key) != mark}
        if not news and not found.rows.num_rows:
            return
        self._own |= marks.keys() - self._marks.keys()
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
        self._own.clear()
        self._table, self._marks = with_transactions(self.table_uri)
        self._quarantine, self._quarantine_marks = with_transactions(self.quarantine_uri)


def _readable(record: bytes) -> str:
    """As much of `record` as the quarantine keeps, what is no UTF-8 escaped."""
    text = record[:_MAX_RECORD].decode("utf-8", "backslashreplace")
    return text.encode()[:_MAX_RECORD].decode("utf-8", "ignore")
