"""Tables for the tests, in memory and as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv


def table(rows: int = 1000, seed: int = 0, shift: float = 0.0) -> pa.Table:
    """Numbers with gaps, ties, text, booleans and times."""
    random = np.random.default_rng(seed)
    x = random.normal(shift, 1, rows)
    return pa.table(
        {
            "x": pa.array(x, mask=random.random(rows) < 0.05),
            "ties": pa.array(random.poisson(3, rows)),
            "city": pa.array(random.choice(["Oslo", "Łódź", "東京"], rows)),
            "member": pa.array(random.random(rows) < 0.3),
            "at": pa.array(np.arange(rows), pa.timestamp("s")),
        }
    )


def parquet(place: Path, content: pa.Table, rows_a_group: int = 300) -> str:
    """Writes a Parquet file of several row groups."""
    pq.write_table(content, place, row_group_size=rows_a_group)
    return str(place)


def csv_file(place: Path, content: pa.Table) -> str:
    """Writes a CSV file."""
    csv.write_csv(content, place)
    return str(place)
