from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pytest
from pyarrow import dataset as ds
from pyarrow import parquet as pq

from benchmarks.speed.datasets import Columns, Dataset, drifts
from benchmarks.speed.generate import make, table

FEW = Dataset("few", 1_000, seed=1, files=2, columns=Columns(2, (3,)))


def test_the_same_seed_makes_the_same_rows_and_another_other_rows() -> None:
    first = table(Columns(), 100, (1, 0), drifted=False)
    assert first.equals(table(Columns(), 100, (1, 0), drifted=False))
    assert not first.equals(table(Columns(), 100, (1, 1), drifted=False))


def test_every_third_number_drifts_and_no_other() -> None:
    before = table(Columns(8, ()), 100_000, (1, 0), drifted=False)
    now = table(Columns(8, ()), 100_000, (2, 0), drifted=True)
    for name in before.column_names:
        moved = abs(pc.mean(now[name]).as_py() - pc.mean(before[name]).as_py())
        assert (moved / pc.stddev(before[name]).as_py() > 0.05) is drifts(name)


def test_every_column_has_nulls_and_every_category_its_column() -> None:
    made = table(Columns(1, (2, 5)), 10_000, (1, 0), drifted=False)
    assert all(column.null_count for column in made.columns)
    assert [len(made[name].drop_null().unique()) for name in ("c00", "c01")] == [2, 5]


def test_linked_files_hold_the_rows_of_their_source_so_many_times(tmp_path: Path) -> None:
    make(FEW, tmp_path)
    many = replace(FEW, name="many", source="few", copies=3)
    make(many, tmp_path)
    assert ds.dataset(many.path(tmp_path)).count_rows() == many.all_rows == 6_000
    assert many.file(tmp_path, 4).samefile(FEW.file(tmp_path, 0))


def test_what_is_made_is_made_once_and_anew_when_it_is_described_otherwise(tmp_path: Path) -> None:
    assert make(FEW, tmp_path)
    assert not make(FEW, tmp_path)
    assert make(replace(FEW, rows=10), tmp_path)
    assert ds.dataset(FEW.path(tmp_path)).count_rows() == 20


@pytest.mark.parametrize(("groups", "expected"), [(400, 3), (1_000, 1)])
def test_row_groups_are_as_long_as_asked(tmp_path: Path, groups: int, expected: int) -> None:
    one = replace(FEW, files=1, row_group=groups)
    make(one, tmp_path)
    assert pq.ParquetFile(one.path(tmp_path)).num_row_groups == expected
