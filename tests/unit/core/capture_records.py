"""Capture records as SageMaker writes them, for the tests to damage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from tidewatch.core.capture import CaptureSpec, PredictionRow, Rejection, parse_capture_line
from tidewatch.core.config import FeatureKind

SPEC = CaptureSpec(
    {
        "temp": FeatureKind.NUMERIC,
        "carrier": FeatureKind.CATEGORICAL,
        "wind": FeatureKind.NUMERIC,
    },
    event_time="at",
)
CSV_TYPE = "text/csv; charset=utf-8; version=3"
INFERENCE_TIME = datetime(2026, 1, 1, 0, 5, tzinfo=UTC)
APRIL = datetime(2013, 4, 3, 10, tzinfo=UTC)


def side(data: str, encoding: str = "CSV", content_type: str = CSV_TYPE) -> dict[str, Any]:
    return {"observedContentType": content_type, "mode": "X", "data": data, "encoding": encoding}


def record(
    request: dict[str, Any] | str = "1.5,UA,7,2013-04-03T10:00:00Z\n",
    answer: dict[str, Any] | str = "0.25\n",
) -> dict[str, Any]:
    return {
        "captureData": {
            "endpointInput": side(request) if isinstance(request, str) else request,
            "endpointOutput": side(answer) if isinstance(answer, str) else answer,
        },
        "eventMetadata": {
            "eventId": "e-1",
            "inferenceId": "id-1",
            "inferenceTime": "2026-01-01T00:05:00Z",
        },
        "eventVersion": "0",
    }


def parsed(of: object) -> list[PredictionRow | Rejection]:
    return parse_capture_line(orjson.dumps(of), SPEC)


def row(of: object) -> PredictionRow:
    [result] = parsed(of)
    assert isinstance(result, PredictionRow), result
    return result


def reason(result: list[PredictionRow | Rejection]) -> tuple[str, int | None]:
    [rejection] = result
    assert isinstance(rejection, Rejection), rejection
    return rejection.reason.value, rejection.row


def json_side(document: object, content_type: str = "application/json") -> dict[str, Any]:
    return side(orjson.dumps(document).decode(), "JSON", content_type)
