"""What is taken in: the records of a source object, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

import pyarrow as pa
from deltalake import DeltaTable

from tidewatch.aws.objects import StoredObject
from tidewatch.monitoring.judged_window import Subject

V = TypeVar("V")

UNKNOWN = "unknown"
"""The version of a record that nobody can tell any more."""

Place: TypeAlias = tuple[str, int, str]
"""Where a record stands: source, line and id."""


@dataclass(frozen=True, slots=True)
class Record(Generic[V]):
    """A good record, one row of the table if it is accepted."""

    source: str
    line: int
    id: str
    text: bytes
    value: V

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.source, self.line, self.id


@dataclass(frozen=True, slots=True)
class Refused:
    """A record for the quarantine. Line 0 stands for the whole object."""

    source: str
    line: int
    reason: str
    detail: str
    text: bytes
    subject: Subject


@dataclass(frozen=True)
class ParsedObject(Generic[V]):
    """All that one source object holds."""

    stored: StoredObject
    records: Sequence[Record[V]]
    refused: Sequence[Refused]


@dataclass(frozen=True)
class Sorted:
    """What is to be done with records that are not in the table yet.

    `rows` are the accepted records as the table holds them, `subjects` whom each speaks of.
    `waiting` are the sources of records that cannot be decided yet.
    """

    rows: pa.Table
    subjects: Sequence[Subject]
    refused: Sequence[Refused]
    waiting: frozenset[str]


class Intake(Protocol[V]):
    """The part of the ingestion that differs between captures and labels."""

    def parse(self, stored: StoredObject, body: bytes) -> ParsedObject[V]:
        """Reads an object. Never raises, whatever the bytes."""

    def sort(
        self, table: DeltaTable, records: Sequence[Record[V]], objects: Sequence[ParsedObject[V]]
    ) -> Sorted:
        """Decides on `records`, which `table` does not hold; they are from `objects`."""
