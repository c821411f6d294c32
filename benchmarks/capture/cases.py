"""What is measured: a way to read a file of capture."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from benchmarks.capture.records import (
    NAMES,
    NUMERIC,
    SPEC,
    Form,
    as_base64,
    as_csv,
    as_json,
    with_odd_rows,
)
from tidewatch.core.capture import blocks_of, parse_blocks, parse_capture_line

_CHUNK = 1 << 20
CSV = "csv"
FORMS = {
    CSV: Form(as_csv),
    "odd": Form(with_odd_rows()),
    "base64": Form(as_base64),
    "json": Form(as_json),
    "fifty": Form(as_csv, rows=50),
}


@dataclass(frozen=True)
class Case:
    """One line of the table. `share` is how much of the records it reads, being slow."""

    name: str
    form: str
    read: Callable[[Path], int]
    share: float = 1.0
    packed: bool = False


def _chunks(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def count_lines(path: Path) -> int:
    """The floor: reads the file and counts its lines."""
    return sum(chunk.count(b"\n") for chunk in _chunks(path))


def typed(path: Path, threads: int | None = None) -> int:
    """Rows in typed columns, block after block."""
    blocks = parse_blocks(blocks_of(_chunks(path)), SPEC, threads)
    return sum(block.parsed.rows.num_rows for block in blocks)


def typed_by_one(path: Path) -> int:
    """The same, in one thread."""
    return typed(path, threads=1)


def aggregated(path: Path) -> int:
    """Count, missing and sum of every number, and how often there is a category."""
    totals: Counter[str] = Counter()
    for block in parse_blocks(blocks_of(_chunks(path)), SPEC):
        rows = block.parsed.rows
        totals["rows"] += rows.num_rows
        for place, name in enumerate(NAMES):
            totals[f"{name} missing"] += rows[name].null_count
            if place < NUMERIC:
                totals[f"{name} sum"] += pc.sum(rows[name]).as_py()
    return totals["rows"]


def row_by_row(path: Path) -> int:
    """The definition, one record after the other, its rows kept as objects."""
    with path.open("rb") as file:
        return sum(len(parse_capture_line(line, SPEC)) for line in file)


CASES = [
    Case("floor: read and count lines", CSV, count_lines),
    Case("**CSV, one row: typed columns**", CSV, typed),
    Case("the same in one thread", CSV, typed_by_one),
    Case("**CSV, one row: aggregated**", CSV, aggregated),
    Case("CSV, one record in 100 in an odd form", "odd", typed, share=0.25),
    Case("CSV in BASE64", "base64", typed, share=0.25),
    Case("JSON payloads", "json", typed, share=0.25),
    Case("CSV, 50 rows a record", "fifty", typed, share=0.04),
    Case("gzip floor: unpack and count lines", CSV, count_lines, packed=True),
    Case("gzip, CSV, one row", CSV, typed, packed=True),
    Case("row by row (the definition)", CSV, row_by_row, share=0.05),
]
