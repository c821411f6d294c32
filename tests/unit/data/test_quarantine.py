"""What cannot be read is counted, with its reason and place; the rest is judged."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.data.tables import csv_file, parquet, table
from tidewatch import drift
from tidewatch.core.errors import DataError
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.verdict import Verdict
from tidewatch.data.readable import readable
from tidewatch.data.table_drift import TableDrift


def reasons(found: TableDrift) -> dict[str, int | None]:
    return {item.reason.value: item.rows for item in found.quarantined}


def test_malformed_rows_of_a_csv_are_quarantined_each_with_its_reason(tmp_path: Path) -> None:
    reference = csv_file(tmp_path / "reference.csv", table(1000))
    lines = Path(csv_file(tmp_path / "current.csv", table(1000, 1))).read_bytes().splitlines()
    lines[5] = b"1.5,2"
    lines[7] = lines[7] + b",surplus"
    lines[9] = b"oops," + lines[9].split(b",", 1)[1]
    lines[11] = (
        lines[11]
        .replace(b'"Oslo"', b'"\xff"')
        .replace('"Łódź"'.encode(), b'"\xff"')
        .replace('"東京"'.encode(), b'"\xff"')
    )
    current = tmp_path / "current.csv"
    current.write_bytes(b"\n".join(lines) + b"\n7,")
    found = drift(reference, current)
    assert reasons(found) == {"column_count": 3, "not_a_number": 1, "not_utf8": 1}
    assert found.report.rows + 5 == 1001
    assert found.as_dict()["rows"] == {"reference": 1000, "current": 996, "quarantined": 5}


def test_text_where_numbers_were_is_read_where_it_can_be(tmp_path: Path) -> None:
    values = [str(i % 7) if i % 10 else "n.a.!" for i in range(1000)]
    current = table(1000, 1).set_column(1, "ties", pa.array(values))
    found = drift(table(1000), parquet(tmp_path / "current.parquet", current))
    assert reasons(found) == {"not_a_number": 100}
    assert found.report.rows == 900
    assert all(
        item.rows + round((item.statistics.missing_share or 0) * 900) == 900
        for item in found.features
    )
    assert [change.column for change in found.schema] == ["ties"]


def test_a_column_of_another_kind_altogether_quarantines_its_rows(tmp_path: Path) -> None:
    current = table(500, 1).set_column(0, "x", pa.array([[1.0]] * 500))
    found = drift(table(1000), parquet(tmp_path / "current.parquet", current))
    assert reasons(found) == {"wrong_type": 500}
    assert found.verdict is Verdict.CRITICAL


def test_an_absent_column_is_missing_in_every_row_and_makes_the_schema_critical() -> None:
    found = drift(table(1000), table(1000, 1).drop_columns("city"))
    assert found.verdict is Verdict.CRITICAL
    assert found.report.rows == 1000
    assert [(c.column, c.verdict.value) for c in found.schema] == [("city", "critical")]
    assert found.report.features["city"].statistics.missing_share == 1
    assert found.report.features["x"].verdict is Verdict.OK


def test_a_half_written_file_is_named_and_the_others_are_judged(tmp_path: Path) -> None:
    folder = tmp_path / "current"
    folder.mkdir()
    whole = Path(parquet(folder / "a.parquet", table(1000, 1))).read_bytes()
    (folder / "b.parquet").write_bytes(whole[: len(whole) // 2])
    found = drift(table(1000), folder)
    assert found.report.rows == 1000
    assert reasons(found) == {"unreadable_file": None}
    assert found.verdict is Verdict.CRITICAL


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_a_table_that_is_only_half_written_is_an_error_that_says_so(
    tmp_path: Path, share: float
) -> None:
    whole = Path(parquet(tmp_path / "a.parquet", table(1000))).read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(DataError, match="half-written"):
        drift(table(1000), tmp_path / "a.parquet")


def test_a_row_group_that_cannot_be_read_loses_its_rows_and_no_others(tmp_path: Path) -> None:
    place = tmp_path / "current.parquet"
    pq.write_table(table(900, 1), place, row_group_size=300, write_page_checksum=True)
    column = pq.ParquetFile(place).metadata.row_group(1).column(0)
    data = bytearray(place.read_bytes())
    middle = column.dictionary_page_offset or column.data_page_offset
    middle += column.total_compressed_size // 2
    data[middle] ^= 0xFF
    place.write_bytes(bytes(data))
    for found in (drift(table(900), place), drift(place, table(900))):
        assert reasons(found) == {"corrupt_rows": 300}
        assert min(found.reference_rows, found.report.rows) == 600


def test_a_gzip_that_breaks_off_is_noticed(tmp_path: Path) -> None:
    packed = gzip.compress(Path(csv_file(tmp_path / "a.csv", table(1000, 1))).read_bytes())
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DataError, match="half-written"):
        drift(table(1000), tmp_path / "a.csv.gz")


def test_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,x\n1,2\n")
    with pytest.raises(DataError, match="one name"):
        drift(table(), tmp_path / "a.csv")


@given(st.lists(st.one_of(st.none(), st.text(max_size=6), st.floats().map(str)), max_size=30))
def test_a_text_is_a_number_missing_or_bad_and_never_two_of_these(texts: list[str | None]) -> None:
    found = readable(FeatureKind.NUMERIC, pa.array(texts, pa.string()))
    assert len(found.values) == len(texts)
    bad = [False] * len(texts) if found.bad is None else found.bad.tolist()
    for text, value, refused in zip(texts, found.values.to_pylist(), bad, strict=True):
        is_number = value is not None and not math.isnan(value)
        assert not (refused and is_number)
        if text is not None and is_number:
            assert float(text) == value
