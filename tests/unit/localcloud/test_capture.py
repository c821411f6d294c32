from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from localcloud.endpoints.capture import Capture, Exchange, read_capture

MOMENT = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
CONFIG: dict[str, Any] = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/capture/",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {
        "CsvContentTypes": ["text/csv"],
        "JsonContentTypes": ["application/json"],
    },
}


def read(**fields: Any) -> Capture:
    found = read_capture({**CONFIG, **fields})
    assert found is not None
    return found


def record(
    capture: Capture, content_type: str = "text/csv", body: bytes = b"1,2"
) -> dict[str, Any]:
    exchange = Exchange("id-1", content_type, body, "text/csv; version=3", b"0.5")
    found: dict[str, Any] = json.loads(capture.line(exchange, MOMENT))
    return found


def test_a_record_holds_both_sides_and_its_metadata() -> None:
    found = record(read())
    assert found["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    assert found["captureData"]["endpointOutput"]["observedContentType"] == "text/csv; version=3"
    assert found["captureData"]["endpointOutput"]["encoding"] == "CSV"
    assert found["eventMetadata"].pop("eventId")
    assert found["eventMetadata"] == {
        "inferenceId": "id-1",
        "inferenceTime": "2026-03-01T12:30:05Z",
    }


@pytest.mark.parametrize(
    ("content_type", "body", "encoding", "data"),
    [
        ("Text/CSV; charset=utf-8", b"1", "CSV", "1"),
        ("application/json; version=3", b"{}", "JSON", "{}"),
        ("application/x-parquet", b"\x00\x01", "BASE64", "AAE="),
        ("text/csv", b"\xff", "BASE64", "/w=="),
    ],
)
def test_listed_types_are_text_and_everything_else_is_base64(
    content_type: str, body: bytes, encoding: str, data: str
) -> None:
    side = record(read(), content_type, body)["captureData"]["endpointInput"]
    assert (side["encoding"], side["data"]) == (encoding, data)


def test_without_listed_types_all_is_base64() -> None:
    side = record(read(CaptureContentTypeHeader={}))["captureData"]["endpointInput"]
    assert side["encoding"] == "BASE64"


def test_only_the_sides_that_are_asked_for_are_recorded() -> None:
    capture = read(CaptureOptions=[{"CaptureMode": "Output"}])
    assert list(record(capture)["captureData"]) == ["endpointOutput"]


def test_a_capture_that_is_off_is_none() -> None:
    assert read_capture({**CONFIG, "EnableCapture": False}) is None
    assert read_capture(None) is None


def test_the_percentage_is_the_share_of_sampled_requests() -> None:
    assert not any(read(InitialSamplingPercentage=0).samples() for _ in range(200))
    assert all(read(InitialSamplingPercentage=100).samples() for _ in range(200))
