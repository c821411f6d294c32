"""The live files of a Delta table, and their rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from tidewatch.aws.file_rows import file_rows, files_of
from tidewatch.aws.live_files import live_files
from tidewatch.core.errors import DataError
from tidewatch.core.live_file import LiveFile
from tidewatch.core.window import Window

START = datetime(2026, 4, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(days=1))
CODED = pa.dictionary(pa.int32(), pa.string())


def append(root: Path, day: int, rows: int = 3, **columns: pa.Array) -> DeltaTable:
    moment = START + timedelta(days=day)
    times = pa.array([moment + timedelta(hours=i) for i in range(rows)], pa.timestamp("us", "UTC"))
    days = [date(2026, 4, 1 + day)] * rows
    own = {"kind of": ["a b/ü"] * rows, "day": days, "event_time": times, **columns}
    write_deltalake(
        root,
        pa.table(own),
        mode="append",
        partition_by=["kind of", "day"],
        schema_mode="merge",
    )
    return DeltaTable(root)


def test_files_of_other_days_and_dead_files_are_left_out(tmp_path: Path) -> None:
    append(tmp_path, 0)
    append(tmp_path, 1)
    table = append(tmp_path, 0, rows=2)
    assert [file.rows for file in live_files(table, WINDOW)] in ([2, 3], [3, 2])
    table.optimize.compact()
    (file,) = live_files(DeltaTable(tmp_path), WINDOW)
    assert file.rows == 5
    assert len(list(tmp_path.rglob("*.parquet"))) == 4


def test_paths_are_those_of_files_whatever_the_partition_is_called(tmp_path: Path) -> None:
    (file,) = live_files(append(tmp_path, 0), WINDOW)
    assert (tmp_path / file.path).is_file()


def test_a_window_that_ends_where_a_file_begins_does_not_need_it(tmp_path: Path) -> None:
    table = append(tmp_path, 1)
    assert live_files(table, WINDOW) == []
    later = Window(START + timedelta(days=1, hours=2), START + timedelta(days=2))
    assert len(live_files(table, later)) == 1


def test_an_older_file_has_nulls_in_a_newer_column(tmp_path: Path) -> None:
    append(tmp_path, 0)
    table = append(tmp_path, 0, rows=2, word=pa.array(["ü", None]), size=pa.array([1.5, 2.5]))
    schema = pa.schema([("word", CODED), ("size", pa.float64())])
    files = files_of(str(tmp_path))
    rows = pa.Table.from_batches(
        [batch for file in live_files(table, WINDOW) for batch in file_rows(files, file, schema)]
    )
    assert rows.schema == schema
    assert sorted(rows["size"].drop_null().to_pylist()) == [1.5, 2.5]
    assert rows["word"].to_pylist().count(None) == 4


def test_a_file_of_other_length_than_the_log_says_is_refused(tmp_path: Path) -> None:
    (file,) = live_files(append(tmp_path, 0), WINDOW)
    schema = pa.schema([("event_time", pa.timestamp("us", "UTC"))])
    with pytest.raises(DataError, match="found 3 rows; expected a Parquet file of 4 rows"):
        list(file_rows(files_of(str(tmp_path)), LiveFile(file.path, 4), schema))


def test_a_table_whose_rows_are_deleted_beside_its_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = append(tmp_path, 0)
    features = type("Protocol", (), {"reader_features": ["timestampNtz", "deletionVectors"]})
    monkeypatch.setattr(DeltaTable, "protocol", lambda _: features)
    with pytest.raises(DataError, match="deletionVectors"):
        live_files(table, WINDOW)
