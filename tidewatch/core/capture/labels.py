"""Labels: SageMaker's ground-truth files, one label a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tidewatch.core.capture.envelope import load_event, object_in, text_in
from tidewatch.core.capture.payload import payload_of, rows_of
from tidewatch.core.capture.rejection import Reason, RejectedError, Rejection, shown
from tidewatch.core.capture.values import binary_label


@dataclass(frozen=True, slots=True)
class Label:
    """The truth of one prediction as `Task` says, and the prediction's `inference_id`."""

    inference_id: str
    label: float


def parse_label_line(
    line: bytes, read: Callable[[object], float] = binary_label
) -> Label | Rejection:
    """Parses one line of a ground-truth file. Never raises, whatever the bytes.

    `read` is the `read_label` of the model's `CaptureSpec`.

    >>> parse_label_line(b'{"groundTruthData":{"data":"1","encoding":"CSV"},'
    ...                  b'"eventMetadata":{"eventId":"a#0"},"eventVersion":"0"}')
    Label(inference_id='a#0', label=1.0)
    """
    try:
        return _label(line, read)
    except RejectedError as error:
        return error.rejection()


def _label(line: bytes, read: Callable[[object], float]) -> Label:
    event = load_event(line)
    inference_id = text_in(object_in(event, "eventMetadata"), "eventId")
    if not inference_id:
        raise RejectedError(Reason.MISSING_FIELD, "expected a field 'eventId' that is not empty")
    truth = object_in(event, "groundTruthData")
    encoding = text_in(truth, "encoding")
    if encoding != "CSV":
        found = f"encoding: expected CSV, found {shown(encoding)}"
        raise RejectedError(Reason.UNSUPPORTED_ENCODING, found)
    rows = rows_of(payload_of(truth), "")
    if len(rows) != 1 or len(rows[0]) != 1:
        found = f"expected one label, found {shown(truth.get('data'))}"
        raise RejectedError(Reason.COLUMN_COUNT, found)
    return Label(inference_id, read(rows[0][0]))
