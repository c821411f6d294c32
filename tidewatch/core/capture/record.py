"""A capture record: one line of JSON, parsed into prediction rows and rejections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from tidewatch.core.capture.envelope import load_event, object_in, text_in
from tidewatch.core.capture.payload import CSV, payload_of, rows_of
from tidewatch.core.capture.rejection import Reason, RejectedError, Rejection, shown
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.capture.values import moment

Value: TypeAlias = float | str | None

ABSENT = object()
"""The event time of a row that gave none."""


@dataclass(frozen=True, slots=True)
class PredictionRow:
    """One prediction. `values` are the features', in the spec's order; None is missing.

    `inference_id` ends in `#<row>` where its request held several rows. `event_time` is the
    row's own where the request gave one, else the time of inference; both are in UTC. `version`
    is the one that the answer's content type named; None where it named none.
    """

    inference_id: str
    event_time: datetime
    inference_time: datetime
    version: str | None
    score: float
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    """A record split into rows, requests and answers paired, with what they have in common."""

    inference_id: str
    inference_time: datetime
    version: str | None
    request_kind: str
    answer_kind: str
    rows: list[tuple[Any, Any]]


def parse_capture_line(line: bytes, spec: CaptureSpec) -> list[PredictionRow | Rejection]:
    """Parses one line of a capture file. Never raises, whatever the bytes.

    The result has an element for every row of the record, good or rejected; a record that cannot
    be split into rows is one rejection, its `row` None. So the rows read are `len(result)`.

    >>> from tidewatch.core.feature_kind import FeatureKind
    >>> spec = CaptureSpec({"x": FeatureKind.NUMERIC}, event_time="at")
    >>> [rejection] = parse_capture_line(b"[]", spec)
    >>> rejection.reason.value, rejection.row
    ('wrong_type', None)
    """
    try:
        record = _split(line)
    except RejectedError as error:
        return [error.rejection()]
    results: list[PredictionRow | Rejection] = []
    for position, (request, answer) in enumerate(record.rows):
        try:
            results.append(_row(record, position, request, answer, spec))
        except RejectedError as error:
            results.append(error.rejection(position))
    return results


def _split(line: bytes) -> _Record:
    event = load_event(line)
    capture, metadata = object_in(event, "captureData"), object_in(event, "eventMetadata")
    request = payload_of(object_in(capture, "endpointInput"))
    answer = payload_of(object_in(capture, "endpointOutput"))
    return _Record(
        inference_id=_inference_id(metadata),
        inference_time=moment(text_in(metadata, "inferenceTime")),
        version=answer.version,
        request_kind=request.kind,
        answer_kind=answer.kind,
        rows=_paired(rows_of(request, "instances"), rows_of(answer, "predictions")),
    )


def _inference_id(metadata: dict[str, Any]) -> str:
    """The caller's id; SageMaker's own where the caller gave none."""
    name = "inferenceId" if metadata.get("inferenceId") else "eventId"
    inference_id = text_in(metadata, name)
    if not inference_id:
        raise RejectedError(Reason.MISSING_FIELD, f"expected a field {name!r} that is not empty")
    return inference_id


def _paired(requests: list[Any], answers: list[Any]) -> list[tuple[Any, Any]]:
    if len(requests) != len(answers):
        found = f"found {len(requests)} rows in the request and {len(answers)} in the answer"
        raise RejectedError(Reason.ROW_COUNT_MISMATCH, found)
    if not requests:
        raise RejectedError(Reason.EMPTY_PAYLOAD, "expected at least one row")
    return list(zip(requests, answers, strict=True))


def _row(
    record: _Record, position: int, request: Any, answer: Any, spec: CaptureSpec
) -> PredictionRow:
    values, time = split_row(request, record.request_kind, spec)
    suffix = f"#{position}" if len(record.rows) > 1 else ""
    return PredictionRow(
        inference_id=record.inference_id + suffix,
        event_time=record.inference_time if time is ABSENT else moment(time),
        inference_time=record.inference_time,
        version=record.version,
        score=spec.read_score(the_answer(answer, record.answer_kind)),
        values=_typed(values, spec),
    )


def split_row(row: Any, kind: str, spec: CaptureSpec) -> tuple[Sequence[Any], Any]:
    """The features' values in the spec's order, and the event time or ABSENT.

    Raises RejectedError: column_count, wrong_type or unknown_feature.
    """
    return (_from_csv if kind == CSV else _from_json)(row, spec)


def _from_csv(fields: list[str], spec: CaptureSpec) -> tuple[list[Any], Any]:
    """The features' fields, and the event time's if the row has one."""
    features = len(spec.features)
    if len(fields) == features + 1:
        return fields[:features], fields[features]
    if len(fields) == features:
        return fields, ABSENT
    found = f"expected {features} or {features + 1} columns, found {len(fields)}"
    raise RejectedError(Reason.COLUMN_COUNT, found)


def _from_json(instance: Any, spec: CaptureSpec) -> tuple[Sequence[Any], Any]:
    """The features' values, None for one that is absent; and the event time if there is one."""
    if not isinstance(instance, dict):
        raise RejectedError(Reason.WRONG_TYPE, f"expected an object, found {shown(instance)}")
    if not instance.keys() <= spec.known_columns:
        unknown = instance.keys() - spec.known_columns
        named = ", ".join(shown(name) for name in sorted(unknown)[:5])
        raise RejectedError(Reason.UNKNOWN_FEATURE, f"no column of this model: {named}")
    return spec.pick(instance), instance.get(spec.event_time, ABSENT)


def _typed(values: Sequence[Any], spec: CaptureSpec) -> tuple[Value, ...]:
    typed: list[Value] = []
    try:
        for read, value in zip(spec.readers, values, strict=True):
            typed.append(read(value))
    except RejectedError as error:
        name = list(spec.features)[len(typed)]
        raise RejectedError(error.reason, f"{name}: {error.detail}") from error
    return tuple(typed)


def the_answer(row: Any, kind: str) -> Any:
    """What stands for the score in a row of an answer. Raises RejectedError column_count."""
    if kind != CSV:
        return row
    if len(row) != 1:
        raise RejectedError(Reason.COLUMN_COUNT, f"expected one score a line, found {len(row)}")
    return row[0]
