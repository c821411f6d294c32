"""The columnar parser finds what the row parser finds: rows, reasons and places, for any bytes."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.core.capture_records import CSV_TYPE, SPEC, json_side, record, side
from tidewatch.core.capture import (
    CaptureSpec,
    PredictionRow,
    RefusedRow,
    Rejection,
    blocks_of,
    parse_capture,
    parse_capture_line,
    rows_to_table,
)
from tidewatch.core.capture.columnar import parse
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.task import Task

thorough = settings(max_examples=150, suppress_health_check=list(HealthCheck))
ONE = CaptureSpec({"x": FeatureKind.NUMERIC}, event_time="at")
SPECS = [
    SPEC,
    ONE,
    CaptureSpec(SPEC.features, "at", Task.REGRESSION),
    CaptureSpec(SPEC.features, "at", Task.MULTICLASS_CLASSIFICATION, ("0.25", "calm")),
]


def by_row(body: bytes, spec: CaptureSpec) -> tuple[list[tuple[int, PredictionRow]], list[Any]]:
    """What the definition makes of a file."""
    rows: list[tuple[int, PredictionRow]] = []
    refused = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        for result in parse_capture_line(line, spec):
            if isinstance(result, Rejection):
                refused.append(RefusedRow(number, line, result))
            else:
                rows.append((number, result))
    return rows, refused


def check_equal(body: bytes, spec: CaptureSpec = SPEC, *, blocks: bool = False) -> None:
    rows, refused = by_row(body, spec)
    first = 1
    found_rows: list[pa.Table] = []
    found_lines: list[int] = []
    found_refused: list[RefusedRow] = []
    for block in blocks_of([body], size=700) if blocks else [body]:
        parsed = parse_capture(block, spec, first)
        first += block.count(b"\n")
        found_rows.append(parsed.rows)
        found_lines += parsed.lines.to_pylist()
        found_refused += parsed.refused
    expected = rows_to_table([row for _, row in rows], spec)
    for table in found_rows:
        assert table.schema == expected.schema
        table.validate(full=True)
    # `repr` tells -0.0 from 0.0.
    assert repr([row for table in found_rows for row in table.to_pylist()]) == repr(
        expected.to_pylist()
    )
    assert found_lines == [number for number, _ in rows]
    assert found_refused == refused


def lines(*records: Any) -> bytes:
    return b"".join((x if isinstance(x, bytes) else orjson.dumps(x)) + b"\n" for x in records)


numbers = (
    st.sampled_from(
        [
            "", " ", "1", "1.5", "-0", "-0.0", "+1", "1.", ".5", ".", "-", "e5", "1E+05", "1e",
            "1e400", "-1e400", "1e-400", "1_000", "0x10", "007", "00", "nan", "NaN", "-nan",
            "+nan",
            "nan(1)", "nan()", "inf", "-inf", "+inf", "Infinity", "INF", "infinit", " 1.5", "1.5 ",
            "\t1", "1\t", "1\u00a0", "\uff11", "\u0661", "\ufeff1", "1d5", "1f", "true", "null",
            "N/A", "NULL", "#N/A", "1,5", '"1"', '"', "'1'", "1\r", "\r", "\x0b1", "1\x00",
            "9" * 400, "0." + "1" * 400, "4.9e-324", "2.4703282292062327e-324",
            "1.7976931348623159e308", "9007199254740993",
            "0.1000000000000000055511151231257827", "8" * 30,
        ]
    )
    | st.floats().map(repr)
    | st.decimals(allow_nan=False, allow_infinity=False).map(str)
    | st.integers().map(str)
    | st.text(max_size=4)
)  # fmt: skip
times = st.sampled_from(
    [
        "0", "1364983200", "1364983200.0", "1.3649832e9", "-5", "+5", "00", "99999999999",
        "253402300800", "0_0",
        "2013-04-03T10:00:00Z", "2013-04-03T10:00:00", "2013-04-03 10:00:00", "2013-04-03 10:00",
        "2013-04-03T06:00:00-04:00", "2013-04-03T06:00:00+23:59", "2013-04-03T06:00:00+24:00",
        "2013-04-03T06:00:00+00:60", "2013-04-03T06:00:00-00:00", "2013-04-03T06:00:00 00:00",
        "2013-02-29T00:00:00Z", "2012-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2013-00-01T00:00:00Z", "2013-13-01T00:00:00Z", "2013-04-31T00:00:00Z",
        "2013-04-03T24:00:00Z", "2013-04-03T10:60:00Z", "2013-04-03T10:00:60Z",
        "2013-04-00T00:00:00Z", "2013-04-03T10:00:00z", "2000-02-29T00:00:00",
        "2013-04-03T10:00:00.123", "2013-04-03T10:00:00.123Z", "2013-04-03T10:00:00.123456",
        "2013-04-03T10:00:00.123456Z", "2013-04-03T10:00:00.123456+05:30",
        "2013-04-03T10:00:00,123Z",
        "2013-04-03T10:00:00.123-05:30", "2013-04-03T10:00:00.1234567Z", "2013-04-03T10:00:00.1Z",
        "0001-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00",
        "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z",
        "20130403T100000Z", "2013-W14-3", "2013-04-03", " 0", "0 ", "inf", "nan", "", " ", "soon",
        "2O13-04-03T10:00:00Z", "2013-04-03T10:00:0\u0660", "1364983200000",
    ]
)  # fmt: skip
categories = st.sampled_from(
    ["", "UA", "007", "nan", "NaN", "null", "1.5", " UA ", "ü🌊", '"q"', "'", "#", "\\", "\t", "\r"]
) | st.text(max_size=5)
scores = st.sampled_from(
    ["0.25", "0", "1", "1.01", "-0.0", "-1e-9", "nan", "inf", "", " 0.5 ", "calm", "high", "0,1"]
)


@st.composite
def csv_rows(draw: st.DrawFn, odd: bool = False) -> str:
    rows = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        temp = draw(numbers if odd or draw(st.integers(0, 3)) == 0 else st.just("1.5"))
        row = [temp, draw(categories if draw(st.booleans()) else st.just("UA")), "7"]
        if draw(st.integers(0, 5)):
            row.append(draw(times if draw(st.integers(0, 3)) == 0 else st.just("1364983200")))
        rows.append(",".join(row))
    end = draw(st.sampled_from(["\n", "\n", "", "\r\n", "\r", "\n\n"]))
    return draw(st.sampled_from(["\n", "\n", "\r\n", "\n\n"])).join(rows) + end


finite = st.floats(allow_nan=False, allow_infinity=False)
values: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    finite,
    st.integers(-(2**63), 2**64 - 1),
    numbers,
    categories,
    st.just([]),
    st.just({}),
)
instances = st.fixed_dictionaries(
    {},
    optional={
        "temp": values,
        "carrier": values,
        "wind": values,
        "at": values | times,
        "z": values,
    },
)
plain_instances = st.fixed_dictionaries(
    {
        "temp": st.floats(allow_nan=False, allow_infinity=False),
        "carrier": st.sampled_from(["a", ""]),
    }
)
tables = st.lists(plain_instances, min_size=1, max_size=3) | st.lists(instances, max_size=3)


@st.composite
def sides(draw: st.DrawFn, text: str, kind: str) -> dict[str, Any]:
    content_type = draw(st.sampled_from([kind, kind, f"{kind}; version=3", f"{kind};version="]))
    if draw(st.integers(0, 3)) == 0:
        tail = draw(st.sampled_from(["", "", "=", "\n", "é"]))
        return side(base64.b64encode(text.encode()).decode() + tail, "BASE64", content_type)
    encoding = "CSV" if kind == "text/csv" else "JSON"
    of = side(text, draw(st.sampled_from([encoding] * 6 + ["CSV", "JSON", "X"])), content_type)
    return of if draw(st.integers(0, 9)) else of | {"observedContentType": None}


@st.composite
def requests(draw: st.DrawFn) -> tuple[dict[str, Any], int]:
    """A request, and about how many rows it has."""
    if draw(st.integers(0, 2)):
        text = draw(csv_rows())
        return draw(sides(text, "text/csv")), max(1, len(text.split("\n")) - 1)
    rows = draw(tables)
    return draw(sides(orjson.dumps({"instances": rows}).decode(), "application/json")), len(rows)


@st.composite
def answers(draw: st.DrawFn, count: int) -> dict[str, Any]:
    if draw(st.integers(0, 2)):
        usual = [st.just("0.25")] * 4
        texts = [draw(st.one_of(*usual, scores)) for _ in range(count)]
        return draw(sides("\n".join(texts) + draw(st.sampled_from(["\n", ""])), "text/csv"))
    of_any_type = st.sampled_from([0.25, 0, 1, 2, "0.5", "calm", None, True, [1]])
    document = {"predictions": [draw(of_any_type) for _ in range(count)]}
    return draw(sides(orjson.dumps(document).decode(), "application/json"))


odd_metadata = st.fixed_dictionaries(
    {},
    optional={
        "inferenceId": st.sampled_from(["", None, 7, "ü", 'a"b', "a\\", "a\nb", "\u2028"]),
        "eventId": st.sampled_from(["", None, 7, "e"]),
        "inferenceTime": times,
        "customAttributes": st.lists(st.text(max_size=3), max_size=2),
        "eventVersion": st.just("1"),
    },
)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    request, count = draw(requests())
    of = record(request, draw(answers(draw(st.sampled_from([count] * 5 + [0, 1, 2])))))
    if draw(st.integers(0, 3)) == 0:
        of["eventMetadata"] |= draw(odd_metadata)
    return of


REPLACED = [
    (b'"eventVersion":"0"', b'"eventVersion":"1","eventVersion":"0"'),
    (b'"encoding":"CSV"', b'"encoding":"CSV","encoding":"X"'),
    (b'"data":"', b'"data":"9,9,9","data":"'),
    (b"data", b"d\\u0061ta"),
    (b"0.25", b"0.2\\u0035"),
]
NO_RECORDS = [b"", b" ", b"\r", b"\x0b\t", b'"', b'"a":', b"{}", b'{"a', b"\\", b'\\"']


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """A record as a line, perhaps damaged, perhaps in another style than its neighbours."""
    of = draw(records())
    line = orjson.dumps(of)
    place, length = draw(st.integers(0, len(line))), draw(st.integers(0, 5))
    ways = [line] * 10
    ways += [
        orjson.dumps(of, option=orjson.OPT_INDENT_2),
        orjson.dumps(of, option=orjson.OPT_SORT_KEYS),
    ]
    ways += [line.replace(old, new, 1) for old, new in REPLACED]
    ways += [line + end for end in (b"\r", b" ", b"\t", b"}", b"\x00")]
    ways += [line[:place] + draw(st.binary(max_size=3)) + line[place + length :]]
    ways += [line[:place], draw(st.sampled_from(NO_RECORDS))]
    return draw(st.sampled_from(ways)).replace(b"\n", b" ")


USUAL = orjson.dumps(record())


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Lines of a file: usual ones, and others in between."""
    some = draw(st.lists(written() | st.just(USUAL), max_size=12))
    ends = draw(st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n"]))
    body = ends.join(some)
    return body + draw(st.sampled_from([b"", b"\n"]))


@thorough
@given(body=files(), spec=st.sampled_from(SPECS), blocks=st.booleans())
def test_any_file(body: bytes, spec: CaptureSpec, blocks: bool) -> None:
    check_equal(body, spec, blocks=blocks)


@thorough
@given(rows=st.lists(csv_rows(odd=True), min_size=1, max_size=6))
def test_any_numbers(rows: list[str]) -> None:
    answers = ["0.5\n" * max(1, len(row.splitlines())) for row in rows]
    check_equal(lines(*map(record, rows, answers)))


@thorough
@given(texts=st.lists(numbers, min_size=1, max_size=4))
def test_any_numbers_alone_in_their_row(texts: list[str]) -> None:
    check_equal(lines(*(record(text, "0.5") for text in texts)), ONE)
    check_equal(lines(*(record("1,UA,7", text) for text in texts)), SPECS[2])


@thorough
@given(texts=st.lists(times, min_size=1, max_size=6))
def test_any_times(texts: list[str]) -> None:
    of = [record(f"1,UA,7,{text}") for text in texts]
    for each, text in zip(of, reversed(texts), strict=True):
        each["eventMetadata"]["inferenceTime"] = text
    check_equal(lines(*of))


@thorough
@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    check_equal(body)


@pytest.mark.parametrize("spec", SPECS)
def test_a_file_of_one_bad_row_among_many(spec: CaptureSpec) -> None:
    many = [record(f"{i}.5,U{i % 7},{i}") for i in range(500)]
    many[123] = record("warm,UA,7")
    many[321] = record("+1,UA,7", "0.1,0.2")
    many[400] = record('1,"U,A",7')
    check_equal(lines(*many), spec)


def test_rows_of_several_shapes_keep_their_order() -> None:
    request = json_side({"instances": [{"temp": 1.0}, {"temp": 2}]})
    mixed = [record(), record(request, "0.1\n0.2\n"), record("1,UA,7\n2,UA,8\n", "0.1\n0.2\n")]
    check_equal(lines(*(mixed[i % 3] for i in range(50))))


def test_a_version_that_changes_within_a_file() -> None:
    types = [CSV_TYPE, CSV_TYPE.replace("3", "4"), "text/csv"]
    check_equal(lines(*(record(answer=side("0.5", content_type=types[i % 3])) for i in range(9))))


def test_usual_records_do_not_need_the_row_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "parse_capture_line", None)
    in_base64 = side(base64.b64encode(b"1,UA,7\n2,,\n").decode(), "BASE64")
    usual = [
        record(),
        record("1,UA,\n,,7", "0.1\n0.2\n"),
        record(in_base64, "0.1\n0.2\n"),
        record(json_side({"instances": [{"temp": 1.5}]}), json_side({"predictions": [0.5]})),
        record('1,"U,A",7\n'),
        record("nan,UA,+7\n"),
    ]
    for of in usual:
        parsed = parse_capture(lines(*[of] * 3), SPEC, 1)
        assert parsed.rows.num_rows in (3, 6)


def test_a_block_is_whole_lines_whatever_the_chunks() -> None:
    body = lines(*(record(f"{i},UA,7") for i in range(40))) + b"half"
    generator = np.random.default_rng(0)
    for size in (1, 100, 1000, 10**6):
        cuts = sorted(generator.integers(0, len(body), 20).tolist())
        chunks = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
        blocks = list(blocks_of(chunks, size))
        assert b"".join(blocks) == body
        assert all(block.endswith(b"\n") for block in blocks[:-1])


def _with_metadata(**changes: Any) -> dict[str, Any]:
    of = record()
    of["eventMetadata"] |= changes
    return of


TRAPS = {
    "a byte order mark, which a CSV reader passes over": [record("\ufeff1,UA,7"), record("1,UA,7")],
    "NaN as C++ writes it": [record("nan(1),UA,7"), record("1,UA,7")],
    "an empty line, which a CSV reader passes over": [record("1,UA,7\n\n2,UA,8", "0.1\n0.2\n")],
    "an empty line in the answers": [record("1,UA,7\n2,UA,8", "0.1\n\n0.2\n")],
    "an empty id in the sample": [_with_metadata(inferenceId=""), record(), record()],
    "an empty id behind the sample": [record(), _with_metadata(inferenceId=""), record()],
    "an escape in an id": [record(), _with_metadata(inferenceId='a"b'), record()],
    "a first row that is none": [record("ping"), *[record()] * 5],
    "no event time in some rows": [record("1,UA,7"), record(), record("1,UA,7"), record()],
    "scores out of range": [record(answer="0.5"), record(answer="1.5"), record(answer="-0.0")],
    "a number beyond all": [record("1e400,UA,7"), record("2,UA,7"), record("1e-400,UA,7")],
    "quotes that are no text": [record('1,"UA",7'), record("1,UA,7")],
    "quoted and plain rows": [record('1,"U,A",7'), record(), record('"1",U,7'), record('1,U"A,7')],
}


@pytest.mark.parametrize("traps", TRAPS.values(), ids=TRAPS.keys())
@pytest.mark.parametrize("spec", SPECS)
def test_what_arrow_and_python_read_differently(
    traps: list[dict[str, Any]], spec: CaptureSpec
) -> None:
    check_equal(lines(*traps), spec)
    check_equal(lines(*traps * 3), spec)
