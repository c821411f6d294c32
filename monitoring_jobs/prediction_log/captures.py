"""Captures: what the endpoint recorded, as rows of the prediction log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.captured_rows import CapturedRows, Source, captured_rows
from monitoring_jobs.prediction_log.clock import Clock
from monitoring_jobs.prediction_log.doubles import doubles
from monitoring_jobs.prediction_log.intake import UNKNOWN, Part, Place, Portion, Refused, Sorted
from monitoring_jobs.prediction_log.source_objects import Open
from monitoring_jobs.prediction_log.unpacked import UnreadableObjectError, unpacked
from tidewatch.aws.objects import ObjectStore, StoredObject
from tidewatch.aws.variants import ServedVariant
from tidewatch.core.capture import CaptureSpec, ParsedBlock, blocks_of, parse_blocks, parse_capture
from tidewatch.core.config import ModelConfig
from tidewatch.monitoring.judged_window import Subject

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# Objects are delivered out of order, but hardly by more than this.
_OUT_OF_ORDER = timedelta(days=2)
_HOUR = re.compile(r"/(\d{4}/\d{2}/\d{2}/\d{2})/[^/]+$", re.ASCII)


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
    return sorted(found, key=lambda item: (hour_of(item.key) or _EARLIEST, item.key))


def _start(settled: AbstractSet[str], unfinished: Iterable[str]) -> str:
    hours = [hour for key in settled if (hour := hour_of(key)) is not None]
    if not hours:
        return ""
    left = [hour_of(key) or _EARLIEST for key in unfinished]
    return f"{min([max(hours) - _OUT_OF_ORDER, *left]):%Y/%m/%d/%H/}"


def hour_of(key: str) -> datetime | None:
    """The hour that an object's key names; None for a key that names none."""
    match = _HOUR.search(key)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y/%m/%d/%H").replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True)
class Captures:
    """The captures of one model's endpoint, under `prefix`, which ends in a slash.

    An object that S3 holds does not change: one that ends in half a line or is cut off is taken
    as it is, and what is lost of it stands in the quarantine.
    """

    model: ModelConfig
    prefix: str
    serving: Mapping[str, ServedVariant]
    clock: Clock

    def parse(self, stored: StoredObject, start: Open) -> Iterator[Part[CapturedRows]]:
        """See `Intake`."""
        spec, source = CaptureSpec.of(self.model), self._source(stored.key)
        try:
            for block in parse_blocks(blocks_of(unpacked(start)), spec):
                rows, refused = captured_rows(source, block, self.clock)
                yield Part(stored.key, rows, refused, len(block.block))
        except UnreadableObjectError as error:
            found = (source.key, 0, "unreadable_object", str(error), next(start(), b""))
            nothing = ParsedBlock(b"", 1, parse_capture(b"", spec))
            rows, _ = captured_rows(source, nothing, self.clock)
            yield Part(stored.key, rows, (Refused(*found, source.serves),), 0)

    def sort(
        self,
        table: DeltaTable,
        portions: Sequence[Portion[CapturedRows]],
        there: AbstractSet[Place],
    ) -> Sorted:
        """See `Intake`: of rows with one id the first is accepted, the others duplicate_id."""
        parts = [_without(part.rows, there) for item in portions for part in item.parts]
        if not any(part.table.num_rows for part in parts):
            return Sorted(pa.table({}), Counter(), (), frozenset())
        rows = pa.concat_tables([part.table for part in parts])
        is_double, conflicts = doubles(table, rows, ["score", *self.model.features])
        refused: list[Refused] = []
        first = 0
        for part in parts:
            last = first + part.table.num_rows
            refused += _refused_doubles(part, is_double[first:last], conflicts[first:last])
            first = last
        accepted = rows.filter(pa.array(~is_double)) if is_double.any() else rows
        return Sorted(accepted, _subjects(accepted), refused, frozenset())

    def _source(self, key: str) -> Source:
        variant = key.removeprefix(self.prefix).partition("/")[0]
        served = self.serving.get(variant)
        serves = Subject(served.version if served else UNKNOWN, variant)
        return Source(key, self.model.name, serves)


def _without(rows: CapturedRows, there: AbstractSet[Place]) -> CapturedRows:
    if not there:
        return rows
    lines, ids = rows.table["line"].to_pylist(), rows.table["inference_id"].to_pylist()
    keep = [(rows.source.key, *place) not in there for place in zip(lines, ids, strict=True)]
    return CapturedRows(rows.source, rows.table.filter(pa.array(keep, pa.bool_())), rows.of)


def _refused_doubles(
    rows: CapturedRows, is_double: np.ndarray, conflicts: np.ndarray
) -> list[Refused]:
    refused = []
    for row in np.flatnonzero(is_double).tolist():
        what = "other features or another score" if conflicts[row] else "the same: a retry"
        detail = f"{rows.table['inference_id'][row].as_py()!r} came before, with {what}"
        refused.append(rows.refused(row, "duplicate_id", f"{detail}; the first was kept"))
    return refused


def _subjects(rows: pa.Table) -> Counter[Subject]:
    """Whom the rows speak of, counted."""
    counted = rows.group_by(["version", "variant"]).aggregate([([], "count_all")])
    columns = (counted[name].to_pylist() for name in ("version", "variant", "count_all"))
    return Counter(
        {Subject(version, variant): count for version, variant, count in zip(*columns, strict=True)}
    )
