"""How much is measured: the published size, and a small one that shows that all of it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.datasets import BENCH, Columns, Dataset


@dataclass(frozen=True)
class Size:
    """`rows` are those of one file; ten files and fifty are measured too.
    `widths` are the columns of the files that grow in columns, `width_rows` their rows; so with
    `cardinalities`. `records` of capture are parsed. `repeats` is how often everything is timed.
    """

    name: str
    rows: int
    widths: tuple[int, ...]
    width_rows: int
    cardinalities: tuple[int, ...]
    cardinality_rows: int
    bins: tuple[int, ...]
    records: int
    repeats: int

    @property
    def folder(self) -> Path:
        """Where its data and results lie."""
        return BENCH / self.name

    @property
    def reference(self) -> Dataset:
        """What baselines are made from."""
        return Dataset("reference", self.rows, seed=1, drifted=False)

    @property
    def current(self) -> Dataset:
        """The window of one file."""
        return Dataset("current", self.rows, seed=2)

    @property
    def ten(self) -> Dataset:
        """The window of ten files."""
        return Dataset("ten", self.rows, seed=3, files=10)

    @property
    def fifty(self) -> Dataset:
        """The window of fifty files: the ten, five times."""
        return Dataset("fifty", self.rows, seed=3, files=10, source="ten", copies=5)

    @property
    def tenth(self) -> Dataset:
        """A window of a tenth of a file."""
        return Dataset("tenth", self.rows // 10, seed=4)

    @property
    def layouts(self) -> dict[str, Dataset]:
        """The window of one file, written otherwise."""
        large_groups = Dataset("large-groups", self.rows, seed=2, row_group=self.rows)
        text = Dataset("text", self.rows, seed=2, layout="csv")
        return {"Parquet, one row group": large_groups, "CSV": text}

    def of_width(self, columns: int) -> tuple[Dataset, Dataset]:
        """Reference and current with this many columns, a third of them categorical."""
        categorical = columns // 3
        shape = Columns(columns - categorical, (20,) * categorical)
        name, rows = f"width-{columns}", self.width_rows
        return (
            Dataset(f"{name}-reference", rows, seed=5, drifted=False, columns=shape),
            Dataset(f"{name}-current", rows, seed=6, columns=shape),
        )

    def of_cardinality(self, distinct: int) -> tuple[Dataset, Dataset]:
        """Reference and current with ten columns of this many categories, equally frequent."""
        shape = Columns(0, (distinct,) * 10, uniform=True)
        name, rows = f"distinct-{distinct}", self.cardinality_rows
        return (
            Dataset(f"{name}-reference", rows, seed=7, drifted=False, columns=shape),
            Dataset(f"{name}-current", rows, seed=8, columns=shape),
        )

    def datasets(self) -> list[Dataset]:
        """All that have to be made, sources before what links to them."""
        windows = [self.reference, self.current, self.tenth, self.ten, self.fifty]
        wide = [made for width in self.widths for made in self.of_width(width)]
        varied = [made for n in self.cardinalities for made in self.of_cardinality(n)]
        return windows + list(self.layouts.values()) + wide + varied


FULL = Size(
    name="full",
    rows=1_000_000,
    widths=(10, 30, 100, 300),
    width_rows=200_000,
    cardinalities=(10, 100, 1_000, 10_000, 100_000, 1_000_000),
    cardinality_rows=1_000_000,
    bins=(100, 1_000, 4_000),
    records=1_000_000,
    repeats=3,
)
SMALL = Size(
    name="small",
    rows=100_000,
    widths=(10, 30),
    width_rows=20_000,
    cardinalities=(10, 1_000),
    cardinality_rows=20_000,
    bins=(100, 1_000),
    records=20_000,
    repeats=1,
)
SIZES = {size.name: size for size in (FULL, SMALL)}
