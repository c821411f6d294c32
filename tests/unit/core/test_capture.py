"""Capture records: what is read from them."""

from __future__ import annotations

import base64

import pytest

from tests.unit.core.capture_records import (
    APRIL,
    INFERENCE_TIME,
    json_side,
    parsed,
    record,
    row,
    side,
)
from tidewatch.core.capture import PredictionRow, Reason, Rejection


def test_a_csv_record_is_one_row() -> None:
    assert row(record()) == PredictionRow(
        inference_id="id-1",
        event_time=APRIL,
        inference_time=INFERENCE_TIME,
        version="3",
        score=0.25,
        values=(1.5, "UA", 7.0),
    )


def test_rows_of_one_request_are_numbered() -> None:
    request = "1,UA,7,2013-04-03T10:00:00Z\n2,B6,8,2013-04-03T11:00:00Z\n"
    rows = parsed(record(request, "0.25\n0.75\n"))
    assert [(r.inference_id, r.score, r.values) for r in rows if isinstance(r, PredictionRow)] == [
        ("id-1#0", 0.25, (1.0, "UA", 7.0)),
        ("id-1#1", 0.75, (2.0, "B6", 8.0)),
    ]


def test_a_bad_row_is_refused_alone_and_keeps_its_place() -> None:
    request = "1,UA,7,1365000000\nwarm,UA,7,1365000000\n3,UA,7,1365000000\n"
    first, second, third = parsed(record(request, "0.1\n0.2\n0.3\n"))
    assert isinstance(first, PredictionRow)
    assert isinstance(third, PredictionRow)
    assert (first.inference_id, third.inference_id) == ("id-1#0", "id-1#2")
    assert second == Rejection(Reason.NOT_A_NUMBER, "temp: expected a number, found 'warm'", row=1)


def test_quotes_commas_and_line_ends_inside_a_field_are_text() -> None:
    request = '1.5,"U,""A""\nX",7,2013-04-03T10:00:00Z\r\n'
    assert row(record(request)).values == (1.5, 'U,"A"\nX', 7.0)


def test_a_category_that_looks_like_a_number_stays_text() -> None:
    assert row(record("1,007,7,0")).values[1] == "007"


@pytest.mark.parametrize("missing", ["", " ", "nan", "NaN"])
def test_missing_numbers_are_none(missing: str) -> None:
    assert row(record(f"{missing},UA,{missing},0")).values == (None, "UA", None)


def test_a_missing_category_is_none() -> None:
    assert row(record("1,,7,0")).values == (1.0, None, 7.0)


def test_without_an_event_time_column_the_time_of_inference_counts() -> None:
    assert row(record("1.5,UA,7")).event_time == INFERENCE_TIME


@pytest.mark.parametrize(
    "text",
    [
        "2013-04-03T10:00:00Z",
        "2013-04-03T10:00:00",
        "2013-04-03 10:00",
        "2013-04-03T06:00:00-04:00",
        "1364983200",
        "1364983200.0",
        "1.3649832e9",
    ],
)
def test_event_times_are_iso_8601_or_seconds_and_utc_without_a_zone(text: str) -> None:
    assert row(record(f"1,UA,7,{text}")).event_time == APRIL


def test_json_instances_are_read_by_name_in_any_order() -> None:
    request = json_side(
        {"instances": [{"wind": 7, "at": 1364983200, "carrier": "UA", "temp": 1.5}]}
    )
    answer = json_side({"predictions": [0.25]}, "application/json; version=12")
    found = row(record(request, answer))
    assert (found.values, found.event_time, found.version) == ((1.5, "UA", 7.0), APRIL, "12")


def test_json_features_that_are_null_or_absent_are_missing() -> None:
    request = json_side({"instances": [{"temp": None}, {}]})
    rows = parsed(record(request, "0.1\n0.2"))
    assert [r.values for r in rows if isinstance(r, PredictionRow)] == [(None, None, None)] * 2


def test_json_values_are_typed_by_the_feature() -> None:
    request = json_side({"instances": [{"temp": "1.5", "carrier": 7, "wind": 2}]})
    assert row(record(request)).values == (1.5, "7", 2.0)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"1.5,UA,7,1364983200\n", "text/csv"),
        (
            b'{"instances":[{"temp":1.5,"carrier":"UA","wind":7,"at":1364983200}]}',
            "application/JSON",
        ),
    ],
)
def test_base64_is_read_by_its_content_type(data: bytes, content_type: str) -> None:
    encoded = side(base64.b64encode(data).decode(), "BASE64", content_type)
    found = row(record(encoded, side(base64.b64encode(b"0.25").decode(), "BASE64")))
    assert (found.values, found.event_time, found.score) == ((1.5, "UA", 7.0), APRIL, 0.25)


@pytest.mark.parametrize(
    ("content_type", "version"),
    [
        ("text/csv; charset=utf-8; version=3", "3"),
        ('text/csv;VERSION="3"', "3"),
        ("text/csv; charset=utf-8", None),
        ("text/csv; version=", None),
    ],
)
def test_the_version_is_the_answers_content_types(content_type: str, version: str | None) -> None:
    answer = side("0.25", content_type=content_type)
    assert row(record(answer=answer)).version == version


@pytest.mark.parametrize("absent", [None, ""])
def test_without_an_inference_id_the_event_id_counts(absent: str | None) -> None:
    of = record()
    of["eventMetadata"]["inferenceId"] = absent
    assert row(of).inference_id == "e-1"


def test_unknown_extra_fields_do_not_matter() -> None:
    of = record()
    of["eventMetadata"]["customAttributes"] = ["trace=1"]
    assert row(of).inference_id == "id-1"


def test_unicode_is_kept() -> None:
    assert row(record("1,ü🌊,7,0")).values[1] == "ü🌊"


def test_an_infinite_value_is_kept_for_the_profile_to_count() -> None:
    assert row(record("-inf,UA,1e999,0")).values == (float("-inf"), "UA", float("inf"))
