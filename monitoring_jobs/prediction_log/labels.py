"""Labels: the truth about predictions, which comes later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
from deltalake import DeltaTable

from monitoring_jobs.prediction_log.intake import ParsedObject, Record, Refused, Sorted
from monitoring_jobs.prediction_log.known_rows import event_times, known_ids
from monitoring_jobs.prediction_log.source_objects import UnreadableObjectError, numbered_lines
from tidewatch.aws.objects import StoredObject
from tidewatch.aws.tables import LABELS
from tidewatch.core.capture import CaptureSpec, Label, Rejection, parse_label_line
from tidewatch.core.config import ModelConfig
from tidewatch.monitoring.judged_window import Subject

# Labels are counted apart, whatever version made the prediction: one without a prediction has none.
SUBJECT = Subject(version="all", variant="labels")


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

    def parse(self, stored: StoredObject, body: bytes) -> ParsedObject[Label]:
        """See `Intake`."""
        try:
            lines = numbered_lines(body)
        except UnreadableObjectError as error:
            refusal = Refused(stored.key, 0, "unreadable_object", str(error), body, SUBJECT)
            return ParsedObject(stored, (), (refusal,))
        read = CaptureSpec.of(self.model).read_label
        records: list[Record[Label]] = []
        refused: list[Refused] = []
        for number, line in lines:
            label = parse_label_line(line, read)
            if isinstance(label, Rejection):
                refused.append(
                    Refused(stored.key, number, label.reason.value, label.detail, line, SUBJECT)
                )
            else:
                records.append(Record(stored.key, number, label.inference_id, line, label))
        return ParsedObject(stored, records, refused)

    def sort(
        self,
        table: DeltaTable,
        records: Sequence[Record[Label]],
        objects: Sequence[ParsedObject[Label]],
    ) -> Sorted:
        """See `Intake`."""
        times = event_times(self.log, {record.id for record in records})
        labelled = _labelled(table, times)
        delivered = {item.stored.key: item.stored.modified for item in objects}
        accepted: list[Record[Label]] = []
        refused: list[Refused] = []
        waiting: set[str] = set()
        for record in records:
            if record.id in labelled:
                refused.append(
                    _refused(record, "duplicate_label", "it has a label; kept the first")
                )
            elif record.id in times:
                labelled.add(record.id)
                accepted.append(record)
            elif self.now - delivered[record.source] < self.grace:
                waiting.add(record.source)
            else:
                found = f"no prediction {record.id!r} {self.grace} after the label"
                refused.append(_refused(record, "label_without_prediction", found))
        rows = self._table(accepted, times)
        return Sorted(rows, [SUBJECT] * len(accepted), refused, frozenset(waiting))

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


def _labelled(table: DeltaTable, times: Mapping[str, datetime]) -> set[str]:
    """Which of the predictions have a label; a label's day is its prediction's."""
    if not times:
        return set()
    first, last = min(times.values()), max(times.values())
    return known_ids(table, times.keys(), first.date(), last.date())


def _refused(record: Record[Label], reason: str, detail: str) -> Refused:
    return Refused(record.source, record.line, reason, detail, record.text, SUBJECT)
