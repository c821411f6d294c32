from __future__ import annotations

from typing import Any

import orjson
import pytest

from tidewatch.core.capture import Label, Rejection, parse_label_line


def line(
    data: object = "1", encoding: object = "CSV", event_id: object = "id-1#0", version: object = "0"
) -> bytes:
    event: dict[str, Any] = {
        "groundTruthData": {"data": data, "encoding": encoding},
        "eventMetadata": {"eventId": event_id},
        "eventVersion": version,
    }
    return orjson.dumps(event)


@pytest.mark.parametrize(
    ("data", "label"), [("1", 1.0), ("0", 0.0), ("1.0\n", 1.0), (" 0 ", 0.0), ('"1"', 1.0)]
)
def test_a_label_is_0_or_1(data: str, label: float) -> None:
    assert parse_label_line(line(data)) == Label("id-1#0", label)


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (line(""), "column_count"),
        (line("1,0"), "column_count"),
        (line("1\n0"), "column_count"),
        (line('"1'), "undecodable_payload"),
        (line("late"), "not_a_number"),
        (line("nan"), "label_not_binary"),
        (line("2"), "label_not_binary"),
        (line("0.5"), "label_not_binary"),
        (line(1), "wrong_type"),
        (line(None), "missing_field"),
        (line(encoding="JSON"), "unsupported_encoding"),
        (line(event_id=None), "missing_field"),
        (line(event_id=""), "missing_field"),
        (line(event_id=7), "wrong_type"),
        (line(version="2"), "unsupported_version"),
        (b"", "not_json"),
        (b"\xff", "not_utf8"),
        (b"[]", "wrong_type"),
        (b"{}", "missing_field"),
        (b"[" * 5000, "too_deep"),
    ],
)
def test_a_line_that_is_no_label_is_refused_with_its_reason(bad: bytes, expected: str) -> None:
    result = parse_label_line(bad)
    assert isinstance(result, Rejection)
    assert (result.reason.value, result.row) == (expected, None)
