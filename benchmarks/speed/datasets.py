"""The data that is measured on: which files there are, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / ".bench"
"""Everything that a benchmark makes; git ignores it."""

CARDINALITIES = (2, 3, 5, 8, 12, 20, 50, 100, 300, 1000)
ROW_GROUP = 131_072
"""Rows a Parquet row group: near what DuckDB, Polars and Spark write."""


EVERY = 3
"""Every third column drifts: `n00`, `n03`, …; `c00`, `c03`, …"""


def drifts(column: str) -> bool:
    """Whether a column of a drifted dataset drifts.

    >>> drifts("n03"), drifts("c04")
    (True, False)
    """
    return int(column[1:]) % EVERY == 0


@dataclass(frozen=True)
class Columns:
    """Numeric columns `n00`, `n01`, … and one categorical column `c00`, … a cardinality.

    With `uniform`, all categories are equally frequent; otherwise the share of the k-th is
    proportional to 1/k^1.1.
    """

    numeric: int = 20
    cardinalities: tuple[int, ...] = CARDINALITIES
    uniform: bool = False


@dataclass(frozen=True)
class Dataset:
    """Files of `rows` rows each, drawn anew from `seed` for every file, drifted or not.

    One file is `NAME.parquet` or `NAME.csv`; several are a folder `NAME`. `copies` hard-links the
    files so often in the folder: more rows for no more disk. `source` names the dataset whose
    files are linked.
    """

    name: str
    rows: int
    seed: int
    files: int = 1
    drifted: bool = True
    columns: Columns = Columns()
    layout: str = "parquet"
    row_group: int = ROW_GROUP
    source: str = ""
    copies: int = 1

    @property
    def all_rows(self) -> int:
        """The rows of all files together."""
        return self.rows * self.files * self.copies

    @property
    def is_folder(self) -> bool:
        """Whether the files lie in a folder of their own."""
        return self.files * self.copies > 1

    def path(self, folder: Path) -> Path:
        """The file, or the folder of the files."""
        return folder / (self.name if self.is_folder else f"{self.name}.{self.layout}")

    def file(self, folder: Path, number: int) -> Path:
        """One of the files."""
        if not self.is_folder:
            return self.path(folder)
        return self.path(folder) / f"part-{number:02d}.{self.layout}"
