"""What is taken in: the records of a source object, and what becomes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

import pyarrow as pa
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.source_objects import Open
from tidewatch.aws.objects import StoredObject
from tidewatch.monitoring.judged_window import Subject

R = TypeVar("R")
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
class Part(Generic[R]):
    """Some of what a source object holds: good `rows`, and what was refused.

    `size` is how many bytes it was read from.
    """

    source: str
    rows: R
    refused: Sequence[Refused]
    size: int


@dataclass(frozen=True)
class Portion(Generic[R]):
    """Parts of one object, in its order, that are settled together; the last of them or not."""

    stored: StoredObject
    parts: Sequence[Part[R]]
    is_last: bool


@dataclass(frozen=True)
class Sorted:
    """What is to be done with rows that are not in the table yet.

    `rows` are the accepted rows as the table holds them, `subjects` whom they speak of, counted.
    `waiting` are the sources of rows that cannot be decided yet.
    """

    rows: pa.Table
    subjects: Counter[Subject]
    refused: Sequence[Refused]
    waiting: frozenset[str]


class Intake(Protocol[R]):
    """The part of the ingestion that differs between captures and labels."""

    def parse(self, stored: StoredObject, start: Open) -> Iterator[Part[R]]:
        """Reads an object, part by part. Never raises, whatever the bytes."""

    def sort(
        self, table: DeltaTable, portions: Sequence[Portion[R]], there: AbstractSet[Place]
    ) -> Sorted:
        """Decides on the rows of `portions`, but for those that stand at places `there`."""
