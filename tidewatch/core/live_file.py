"""A Parquet file that a Delta table consists of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class LiveFile:
    """A file of the table's present version: its path below the table's root, and its rows.

    A Delta table's folder also holds dead files, which later commits replaced: a listing of the
    folder finds them, the table's log does not.
    """

    path: str
    rows: int
