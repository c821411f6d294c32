"""Metrics as a user would write them, for the tests of entry points."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def spread(rows: pa.Table) -> float:
    found = pc.min_max(rows["score"])
    return float(found["max"].as_py() - found["min"].as_py())


def unknown(_rows: pa.Table) -> None:
    return None


def text(_rows: pa.Table) -> str:
    return "many"


def broken(rows: pa.Table) -> float:
    return float(rows["nowhere"][0].as_py())
