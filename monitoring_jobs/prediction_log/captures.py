"""Captures: what the endpoint recorded, as rows of the prediction log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.intake import UNKNOWN, ParsedObject, Record, Refused, Sorted
from monitoring_jobs.prediction_log.known_rows import known_ids
from monitoring_jobs.prediction_log.source_objects import UnreadableObjectError, numbered_lines
from tidewatch.aws.objects import ObjectStore, StoredObject
from tidewatch.aws.variants import ServedVariant
from tidewatch.core.capture import (
    CaptureSpec,
    PredictionRow,
    Rejection,
    parse_capture_line,
    rows_to_table,
)
from tidewatch.core.config import ModelConfig
from tidewatch.monitoring.judged_window import Subject

# An id that comes twice comes as a client's retry, soon after the first: farther from a record's
# event time than this, nobody looks for its double.
_DOUBLES_WITHIN = timedelta(days=30)
# How far an event may lie ahead of its prediction; and no model predicts what was before 1970.
_FURTHEST_AHEAD = timedelta(days=366)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
# Objects are delivered out of order, but hardly by more than this.
_OUT_OF_ORDER = timedelta(days=2)
_HOUR = re.compile(r"/(\d{4}/\d{2}/\d{2}/\d{2})/[^/]+$", re.ASCII)
_VERSION = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row."""

    reason: str
    detail: str


def unsettled(
    store: ObjectStore, prefix: str, settled: AbstractSet[str], unfinished: Iterable[str]
) -> list[StoredObject]:
    """The objects under `prefix` that are not settled, in the order of their hours.

    Objects are settled in this very order. So only what lies behind the newest settled hour, less
    `_OUT_OF_ORDER`, is listed, or behind the first of the `unfinished` keys, which a run that
    died has left.
    """
    after = _start(settled, unfinished)
    found = [
        item
        for variant in store.folders(prefix)
        for item in store.under(variant, f"{variant}{after}")
        if item.key not in settled
    ]
    return sorted(found, key=lambda item: (_hour(item.key) or _EARLIEST, item.key))


def _start(settled: AbstractSet[str], unfinished: Iterable[str]) -> str:
    hours = [hour for key in settled if (hour := _hour(key)) is not None]
    if not hours:
        return ""
    left = [_hour(key) or _EARLIEST for key in unfinished]
    return f"{min([max(hours) - _OUT_OF_ORDER, *left]):%Y/%m/%d/%H/}"


def _hour(key: str) -> datetime | None:
    match = _HOUR.search(key)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y/%m/%d/%H").replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True)
class Captures:
    """The captures of one model's endpoint, under `prefix`, which ends in a slash."""

    model: ModelConfig
    prefix: str
    serving: Mapping[str, ServedVariant]

    def parse(self, stored: StoredObject, body: bytes) -> ParsedObject[PredictionRow]:
        """See `Intake`."""
        try:
            lines = numbered_lines(body)
        except UnreadableObjectError as error:
            refusal = self._refuse(stored.key, (0, body), "unreadable_object", str(error))
            return ParsedObject(stored, (), (refusal,))
        spec = CaptureSpec.of(self.model)
        records: list[Record[PredictionRow]] = []
        refused: list[Refused] = []
        for line in lines:
            for result in parse_capture_line(line[1], spec):
                row = self._checked(result, stored.key)
                if isinstance(row, Problem):
                    refused.append(self._refuse(stored.key, line, row.reason, row.detail))
                else:
                    records.append(Record(stored.key, line[0], row.inference_id, line[1], row))
        return ParsedObject(stored, records, refused)

    def sort(
        self,
        table: DeltaTable,
        records: Sequence[Record[PredictionRow]],
        objects: Sequence[ParsedObject[PredictionRow]],  # noqa: ARG002 - captures never wait
    ) -> Sorted:
        """See `Intake`: of records with one id the first is accepted."""
        seen = self._ids_there(table, records)
        accepted: list[Record[PredictionRow]] = []
        refused: list[Refused] = []
        for record in records:
            if record.id in seen:
                detail = f"another record has the id {record.id!r}; the first was kept"
                line = (record.line, record.text)
                refused.append(self._refuse(record.source, line, "duplicate_id", detail))
            else:
                seen.add(record.id)
                accepted.append(record)
        subjects = [self._subject(record.value, record.source) for record in accepted]
        return Sorted(self._table(accepted, subjects), subjects, refused, frozenset())

    def _ids_there(self, table: DeltaTable, records: Sequence[Record[PredictionRow]]) -> set[str]:
        if not records:
            return set()
        times = [record.value.event_time for record in records]
        first, last = min(times) - _DOUBLES_WITHIN, max(times) + _DOUBLES_WITHIN
        return known_ids(table, {record.id for record in records}, first.date(), last.date())

    def _table(
        self, accepted: Sequence[Record[PredictionRow]], subjects: Sequence[Subject]
    ) -> pa.Table:
        rows = rows_to_table([record.value for record in accepted], self.model)
        count = len(accepted)
        added = {
            "model": pa.array([self.model.name] * count, pa.string()),
            "version": pa.array([subject.version for subject in subjects], pa.string()),
            "variant": pa.array([subject.variant for subject in subjects], pa.string()),
            "source": pa.array([record.source for record in accepted], pa.string()),
            "line": pa.array([record.line for record in accepted], pa.int64()),
            "day": pa.array([r.value.event_time.date() for r in accepted], pa.date32()),
        }
        columns = {name: rows[name] for name in rows.column_names} | added
        return pa.table(columns)

    def _checked(self, result: PredictionRow | Rejection, key: str) -> PredictionRow | Problem:
        """What only this job can know to be wrong with a row."""
        if isinstance(result, Rejection):
            return Problem(result.reason.value, result.detail)
        if not _is_plausible(result):
            found = f"event time {result.event_time}; expected 1970 to a year after the prediction"
            return Problem("implausible_event_time", found)
        version = self._subject(result, key).version
        if not _VERSION.fullmatch(version):
            found = f"version {version!r}; expected a model package's number"
            return Problem("unknown_version", found)
        return result

    def _subject(self, row: PredictionRow, key: str) -> Subject:
        """Who answered: the version that the answer names, else the one that serves now."""
        serves = self._serves(key)
        return Subject(row.version, serves.variant) if row.version is not None else serves

    def _serves(self, key: str) -> Subject:
        variant = key.removeprefix(self.prefix).partition("/")[0]
        served = self.serving.get(variant)
        return Subject(served.version if served else UNKNOWN, variant)

    def _refuse(self, key: str, line: tuple[int, bytes], reason: str, detail: str) -> Refused:
        return Refused(key, line[0], reason, detail, line[1], self._serves(key))


def _is_plausible(row: PredictionRow) -> bool:
    """Whether windows may be cut by the row's event time."""
    return (
        _EARLIEST <= row.event_time < _LATEST
        and row.event_time - _FURTHEST_AHEAD <= row.inference_time
    )
