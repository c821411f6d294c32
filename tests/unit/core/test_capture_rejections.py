"""Capture records: why they are refused, whole or row by row."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.unit.core.capture_records import SPEC, json_side, parsed, reason, record, side
from tidewatch.core.capture import Rejection, parse_capture_line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{}", "not_utf8"),
        (b'{"a": NaN}', "not_json"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * 1020 + b"]" * 1020, "wrong_type"),
        (b"null", "wrong_type"),
        (b"[1]", "wrong_type"),
        (b'"text"', "wrong_type"),
        (b"{}", "missing_field"),
        (b'{"eventVersion":"0"}', "missing_field"),
        (b'{"eventVersion":"1"}', "unsupported_version"),
        (b'{"eventVersion":0}', "unsupported_version"),
    ],
)
def test_lines_that_are_no_record_are_refused_whole(line: bytes, expected: str) -> None:
    assert reason(parse_capture_line(line, SPEC)) == (expected, None)


def test_a_line_beyond_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidewatch.core.capture.envelope.MAX_BYTES", 100)
    assert reason(parsed(record())) == ("too_large", None)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("captureData",), None, "missing_field"),
        (("captureData",), [], "wrong_type"),
        (("captureData", "endpointInput"), None, "missing_field"),
        (("captureData", "endpointOutput"), None, "missing_field"),
        (("captureData", "endpointInput", "data"), None, "missing_field"),
        (("captureData", "endpointInput", "data"), {"instances": []}, "wrong_type"),
        (("captureData", "endpointInput", "data"), "", "row_count_mismatch"),
        (("captureData", "endpointInput", "encoding"), "AVRO", "unsupported_encoding"),
        (("captureData", "endpointInput", "encoding"), "JSON", "undecodable_payload"),
        (("captureData", "endpointInput", "encoding"), "BASE64", "undecodable_payload"),
        (("captureData", "endpointInput", "data"), '1,"UA', "undecodable_payload"),
        (("captureData", "endpointOutput", "data"), "0.1\n0.2\n", "row_count_mismatch"),
        (("eventMetadata",), None, "missing_field"),
        (("eventMetadata",), {"inferenceTime": "2026-01-01T00:05:00Z"}, "missing_field"),
        (("eventMetadata", "inferenceId"), 7, "wrong_type"),
        (("eventMetadata", "inferenceTime"), None, "missing_field"),
        (("eventMetadata", "inferenceTime"), "yesterday", "invalid_event_time"),
    ],
)
def test_a_damaged_record_is_refused_whole(
    path: tuple[str, ...], value: object, expected: str
) -> None:
    of = deepcopy(record())
    parent = of
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = value
    assert reason(parsed(of)) == (expected, None)


@pytest.mark.parametrize(
    ("request_side", "expected"),
    [
        (json_side([]), "missing_field"),
        (json_side({"rows": []}), "missing_field"),
        (json_side({"instances": {}}), "wrong_type"),
        (side("[" * 5000, "JSON"), "too_deep"),
        (side("aGk=", "BASE64", "image/png"), "unsupported_encoding"),
        (side("/w==", "BASE64"), "undecodable_payload"),
    ],
)
def test_a_payload_that_holds_no_rows_is_refused_whole(
    request_side: dict[str, Any], expected: str
) -> None:
    assert reason(parsed(record(request_side))) == (expected, None)


def test_a_record_without_rows_is_refused_and_not_forgotten() -> None:
    assert reason(parsed(record("", "\n"))) == ("empty_payload", None)


@pytest.mark.parametrize(
    ("request_text", "answer", "expected"),
    [
        ("1,UA", "0.5", "column_count"),
        ("1,UA,7,0,9", "0.5", "column_count"),
        ("1_000,UA,7,0", "0.5", "not_a_number"),
        ("0x10,UA,7,0", "0.5", "not_a_number"),
        ("\uff11,UA,7,0", "0.5", "not_a_number"),
        ("1,UA,7,", "0.5", "missing_event_time"),
        ("1,UA,7,soon", "0.5", "invalid_event_time"),
        ("1,UA,7,1364983200000", "0.5", "invalid_event_time"),
        ("1,UA,7,inf", "0.5", "invalid_event_time"),
        ("1,UA,7,0001-01-01T00:00:00+14:00", "0.5", "invalid_event_time"),
        ("1,UA,7,0", "high", "score_not_a_number"),
        ("1,UA,7,0", "nan", "score_not_a_number"),
        ("1,UA,7,0", "1.01", "score_out_of_range"),
        ("1,UA,7,0", "-inf", "score_out_of_range"),
        ("1,UA,7,0", "0.5,0.5", "column_count"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(
    request_text: str, answer: str, expected: str
) -> None:
    assert reason(parsed(record(request_text, answer))) == (expected, 0)


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        ({"temp": 1, "colour": "red"}, "unknown_feature"),
        ({"temp": True}, "not_a_number"),
        ({"temp": [1]}, "not_a_number"),
        ({"carrier": {}}, "wrong_type"),
        ({"at": None}, "missing_event_time"),
        ({"at": True}, "invalid_event_time"),
        ([1, "UA", 7], "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_a_json_row_that_cannot_be_is_refused_with_its_reason(
    instance: object, expected: str
) -> None:
    assert reason(parsed(record(json_side({"instances": [instance]})))) == (expected, 0)


@pytest.mark.parametrize("prediction", [None, "x", [0.5], {}, True])
def test_a_json_prediction_that_is_no_number_is_refused(prediction: object) -> None:
    answer = json_side({"predictions": [prediction]})
    assert reason(parsed(record(answer=answer))) == ("score_not_a_number", 0)


def test_a_rejections_detail_stays_short_however_long_the_data() -> None:
    [rejection] = parsed(record("x" * 1_000_000 + ",UA,7,0"))
    assert isinstance(rejection, Rejection)
    assert len(rejection.detail) < 320
