"""Capture records as an endpoint writes them: 20 numeric and 10 categorical features."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tidewatch.core.capture import CaptureSpec
from tidewatch.core.feature_kind import FeatureKind

NUMERIC, CATEGORICAL = 20, 10
NAMES = [f"n{i:02}" for i in range(NUMERIC)] + [f"c{i:02}" for i in range(CATEGORICAL)]
SPEC = CaptureSpec(
    {
        name: FeatureKind.NUMERIC if name.startswith("n") else FeatureKind.CATEGORICAL
        for name in NAMES
    },
    event_time="at",
)
_MISSING = 0.03
_CATEGORIES = 50
_SECONDS_A_DAY = 86_400

Row = list[float | str | None]
Write = Callable[[list[Row]], tuple[str, str, str]]
"""What writes a request of some rows: its data, its encoding and its content type."""


@dataclass(frozen=True)
class Form:
    """How requests are written, and how many rows each has."""

    write: Write
    rows: int = 1


def records(form: Form, count: int, seed: int = 5) -> Iterator[bytes]:
    """`count` records as lines, the same for the same seed."""
    generator = np.random.default_rng(seed)
    for number in range(count):
        rows = _rows(generator, form.rows)
        yield _line(number, form.write(rows), generator.random(form.rows), generator)


def _rows(generator: np.random.Generator, count: int) -> list[Row]:
    numbers = generator.normal(size=(count, NUMERIC)).round(4).tolist()
    categories = generator.integers(0, _CATEGORIES, (count, CATEGORICAL)).tolist()
    missing = (generator.random((count, NUMERIC + CATEGORICAL)) < _MISSING).tolist()
    return [
        [
            None if is_missing else value
            for value, is_missing in zip(
                [*some, *(f"category {code}" for code in codes)], absent, strict=True
            )
        ]
        for some, codes, absent in zip(numbers, categories, missing, strict=True)
    ]


def _line(
    number: int,
    request: tuple[str, str, str],
    scores: np.ndarray,
    generator: np.random.Generator,
) -> bytes:
    data, encoding, content_type = request
    second = number % _SECONDS_A_DAY
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    record = {
        "captureData": {
            "endpointInput": {
                "observedContentType": content_type,
                "mode": "INPUT",
                "data": data,
                "encoding": encoding,
            },
            "endpointOutput": {
                "observedContentType": "text/csv; charset=utf-8; version=3",
                "mode": "OUTPUT",
                "data": "".join(f"{score:.12f}\n" for score in scores),
                "encoding": "CSV",
            },
        },
        "eventMetadata": {
            "eventId": str(uuid.UUID(int=int(generator.integers(1 << 62)))),
            "customAttributes": [f"trace={number}"],
            "inferenceId": f"id-{number}",
            "inferenceTime": f"2026-01-01T{clock}Z",
        },
        "eventVersion": "0",
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def as_csv(rows: list[Row]) -> tuple[str, str, str]:
    """A CSV payload."""
    return _csv(rows), "CSV", "text/csv"


def as_base64(rows: list[Row]) -> tuple[str, str, str]:
    """The same CSV, as SageMaker captures it when nobody told it of `text/csv`."""
    return base64.b64encode(_csv(rows).encode()).decode(), "BASE64", "text/csv"


def as_json(rows: list[Row]) -> tuple[str, str, str]:
    """A JSON payload that names the features."""
    instances = [dict(zip(NAMES, row, strict=True)) for row in rows]
    return json.dumps({"instances": instances}), "JSON", "application/json"


def with_odd_rows() -> Write:
    """CSV payloads, of which one in a hundred has a blank that Arrow takes for no number."""
    count = 0

    def write(rows: list[Row]) -> tuple[str, str, str]:
        nonlocal count
        count += 1
        data, encoding, content_type = as_csv(rows)
        return (f" {data[data.index(',') :]}" if count % 100 == 0 else data), encoding, content_type

    return write


def _csv(rows: list[Row]) -> str:
    lines = (",".join("" if value is None else str(value) for value in row) for row in rows)
    return "".join(line + "\n" for line in lines)
