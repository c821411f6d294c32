"""Labels: the truth about predictions, which comes later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import pyarrow as pa
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.intake import Part, Place, Portion, Record, Refused, Sorted
from monitoring_jobs.prediction_log.known_rows import event_times, known_rows
from monitoring_jobs.prediction_log.source_objects import Open
from monitoring_jobs.prediction_log.unpacked import UnreadableObjectError, unpacked
from tidewatch.aws.objects import StoredObject
from tidewatch.aws.tables import LABELS
from tidewatch.core.capture import CaptureSpec, Label, Rejection, blocks_of, parse_label_line
from tidewatch.core.config import ModelConfig
from tidewatch.monitoring.judged_window import Subject

# Labels are counted apart, whatever version made the prediction: one without a prediction has none.
SUBJECT = Subject(version="all", variant="labels")

Labelled: TypeAlias = Sequence[Record[Label]]


@dataclass(frozen=True)
class Labels:
    """The labels of one model.

    A label may be delivered before the capture of its prediction. Until its object is `grace`
    old, such a label waits: the object stays unfinished, and the next run looks again. Of several
    labels of one prediction the first delivered counts; the others are quarantined as
    duplicate_label, where a correction can be seen.
    """

    model: ModelConfig
    log: DeltaTable
    grace: timedelta
    now: datetime

    def parse(self, stored: StoredObject, start: Open) -> Iterator[Part[Labelled]]:
        """See `Intake`."""
        read = CaptureSpec.of(self.model).read_label
        first = 1
        try:
            for block in blocks_of(unpacked(start)):
                yield _part(stored.key, block, first, read)
                first += block.count(b"\n")
        except UnreadableObjectError as error:
            refusal = Refused(stored.key, 0, "unreadable_object", str(error), b"", SUBJECT)
            yield Part(stored.key, (), (refusal,), 0)

    def sort(
        self, table: DeltaTable, portions: Sequence[Portion[Labelled]], there: AbstractSet[Place]
    ) -> Sorted:
        """See `Intake`."""
        records = [r for p in portions for part in p.parts for r in part.rows]
        records = [record for record in records if record.place not in there]
        times = event_times(self.log, {record.id for record in records})
        labelled = _labelled(table, times)
        delivered = {item.stored.key: item.stored.modified for item in portions}
        accepted: list[Record[Label]] = []
        refused: list[Refused] = []
        waiting: set[str] = set()
        for record in records:
            if record.id in labelled:
                refused.append(_second(record, labelled[record.id]))
            elif record.id in times:
                labelled[record.id] = record.value.label
                accepted.append(record)
            elif self.now - delivered[record.source] < self.grace:
                waiting.add(record.source)
            else:
                found = f"no prediction {record.id!r} {self.grace} after the label"
                refused.append(_refused(record, "label_without_prediction", found))
        rows = self._table(accepted, times)
        subjects = Counter({SUBJECT: len(accepted)} if accepted else {})
        return Sorted(rows, subjects, refused, frozenset(waiting))

    def _table(self, accepted: Sequence[Record[Label]], times: Mapping[str, datetime]) -> pa.Table:
        rows = [
            {
                "model": self.model.name,
                "inference_id": record.id,
                "label": record.value.label,
                "event_time": times[record.id],
                "labelled_at": self.now,
                "source": record.source,
                "line": record.line,
                "day": times[record.id].date(),
            }
            for record in accepted
        ]
        return pa.Table.from_pylist(rows, schema=LABELS)


def _part(source: str, block: bytes, first: int, read: Callable[[object], float]) -> Part[Labelled]:
    """The labels in lines of a file, of which `first` is the first one's number."""
    records: list[Record[Label]] = []
    refused: list[Refused] = []
    for number, line in enumerate(block.split(b"\n"), start=first):
        if not line.strip():
            continue
        label = parse_label_line(line, read)
        if isinstance(label, Rejection):
            refused.append(Refused(source, number, label.reason.value, label.detail, line, SUBJECT))
        else:
            records.append(Record(source, number, label.inference_id, line, label))
    return Part(source, records, refused, len(block))


def _labelled(table: DeltaTable, times: Mapping[str, datetime]) -> dict[str, float]:
    """The labels that the predictions have; a label's day is its prediction's."""
    if not times:
        return {}
    days = min(times.values()).date(), max(times.values()).date()
    ids = pa.array(list(times), pa.string())
    known = known_rows(table, ids, ["inference_id", "label"], days)
    return dict(zip(*(known[name].to_pylist() for name in known.column_names), strict=True))


def _second(record: Record[Label], first: float) -> Refused:
    """A label of a prediction that has one: delivered twice, or a correction."""
    what = "the same" if record.value.label == first else f"another, {first}"
    return _refused(record, "duplicate_label", f"it has a label, {what}; kept the first")


def _refused(record: Record[Label], reason: str, detail: str) -> Refused:
    return Refused(record.source, record.line, reason, detail, record.text, SUBJECT)
