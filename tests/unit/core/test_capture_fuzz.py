"""No bytes stop a window: whatever a line holds, it is rows or rejections, and they add up."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewatch.core.capture import (
    CaptureSpec,
    Label,
    PredictionRow,
    Rejection,
    parse_capture_line,
    parse_label_line,
    rows_to_table,
)
from tidewatch.core.config import FeatureKind

SPEC = CaptureSpec({"x": FeatureKind.NUMERIC, "c": FeatureKind.CATEGORICAL}, event_time="at")
thorough = settings(max_examples=150)

LINE = (
    b'{"captureData":{"endpointInput":{"observedContentType":"text/csv","data":"1,a,0\\n2,\\"b\\",0\\n",'
    b'"encoding":"CSV"},"endpointOutput":{"observedContentType":"text/csv; version=1",'
    b'"data":"0.1\\n0.2\\n","encoding":"CSV"}},"eventMetadata":{"eventId":"e","inferenceTime":'
    b'"2026-01-01T00:00:00Z"},"eventVersion":"0"}'
)
LABEL = (
    b'{"groundTruthData":{"data":"1","encoding":"CSV"},"eventMetadata":{"eventId":"a#0"},'
    b'"eventVersion":"0"}'
)
edits = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 12), st.binary(max_size=6)), max_size=4
)
scalars = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(max_size=8)
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner)
)
fields = st.sampled_from(["1", "", "nan", "inf", "a", '"a,b"', '"', "1e400", "2013-04-03", "\x00"])
payloads = (
    st.lists(st.lists(fields, max_size=5).map(",".join), max_size=4).map("\n".join)
    | st.text(max_size=30)
    | documents.map(lambda document: orjson.dumps({"instances": document}).decode())
    | st.lists(documents, max_size=3).map(
        lambda rows: orjson.dumps({"instances": rows, "predictions": rows}).decode()
    )
)


def mutated(line: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in changes:
        place = at % (len(line) + 1)
        line = line[:place] + new + line[place + length :]
    return line


def holds(line: bytes) -> list[PredictionRow | Rejection]:
    """Parses, and checks what every result promises."""
    results = parse_capture_line(line, SPEC)
    good = [result for result in results if isinstance(result, PredictionRow)]
    refused = [result for result in results if isinstance(result, Rejection)]
    assert len(results) == len(good) + len(refused) > 0
    assert all(0 <= row.score <= 1 and len(row.values) == 2 for row in good)
    if any(rejection.row is None for rejection in refused):
        assert len(results) == 1
    else:
        assert [r.row for r in results if isinstance(r, Rejection)] == [
            i for i, r in enumerate(results) if isinstance(r, Rejection)
        ]
    assert rows_to_table(good, SPEC).num_rows == len(good)
    return results


def test_the_line_that_is_mutated_is_good() -> None:
    assert [type(result) for result in holds(LINE)] == [PredictionRow, PredictionRow]


@thorough
@given(st.binary(max_size=300))
def test_any_bytes(line: bytes) -> None:
    holds(line)


@thorough
@given(documents.map(orjson.dumps))
def test_any_json(line: bytes) -> None:
    holds(line)


@thorough
@given(edits)
def test_a_good_line_with_any_bytes_changed(changes: list[tuple[int, int, bytes]]) -> None:
    holds(mutated(LINE, changes))


@thorough
@given(
    payloads,
    payloads,
    st.sampled_from(["CSV", "JSON", "BASE64"]),
    st.sampled_from(["CSV", "JSON", "BASE64"]),
)
def test_any_payloads_in_a_good_envelope(
    request: str, answer: str, request_encoding: str, answer_encoding: str
) -> None:
    record = orjson.loads(LINE)
    record["captureData"]["endpointInput"] |= {"data": request, "encoding": request_encoding}
    record["captureData"]["endpointOutput"] |= {"data": answer, "encoding": answer_encoding}
    holds(orjson.dumps(record))


@thorough
@given(st.lists(st.tuples(fields, fields), min_size=1, max_size=6))
def test_every_row_of_a_record_is_accounted_for(rows: list[tuple[str, str]]) -> None:
    record = orjson.loads(LINE)
    instances = [{"x": x, "c": c} for x, c in rows]
    record["captureData"]["endpointInput"] |= {
        "data": orjson.dumps({"instances": instances}).decode(),
        "encoding": "JSON",
    }
    record["captureData"]["endpointOutput"]["data"] = "0.5\n" * len(rows)
    assert len(holds(orjson.dumps(record))) == len(rows)


@thorough
@given(edits)
def test_a_label_with_any_bytes_changed(changes: list[tuple[int, int, bytes]]) -> None:
    result = parse_label_line(mutated(LABEL, changes))
    assert isinstance(result, Rejection) or result.label in (0.0, 1.0)


@thorough
@given(st.binary(max_size=200) | documents.map(orjson.dumps))
def test_any_bytes_as_a_label(line: bytes) -> None:
    assert isinstance(parse_label_line(line), Label | Rejection)
