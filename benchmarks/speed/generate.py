"""Make the data: the same files every time, from the seeds in `size`.

The shapes of eight real kinds of column: normal, lognormal, uniform, gamma, counts, heavy tails,
mostly zero, and scores with ties. Every third column drifts by 0.15 of its scale or so, and its
share of nulls rises by as much; of the categorical ones every third changes its mix.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.random import Generator
from numpy.typing import NDArray
from pyarrow import csv
from pyarrow import parquet as pq

from benchmarks.speed.datasets import EVERY, Columns, Dataset
from benchmarks.speed.size import SIZES

Shape: TypeAlias = Callable[[Generator, float, int], NDArray[np.float64]]

RARE = 0.4
"""Share of rows that are not zero, where most are."""
NULLS = 0.01
"""Share of nulls in a categorical column."""

SHAPES: tuple[Shape, ...] = (
    lambda random, shift, n: random.normal(shift, 1, n),
    lambda random, shift, n: random.lognormal(3 + shift, 0.8, n),
    lambda random, shift, n: random.uniform(0, 100 * (1 + shift), n),
    lambda random, shift, n: random.gamma(2 + shift, 10, n),
    lambda random, shift, n: random.poisson(4 + 4 * shift, n).astype(np.float64),
    lambda random, shift, n: random.standard_t(3, n) * 10 + 10 * shift,
    lambda random, shift, n: random.exponential(50 * (1 + shift), n) * (random.random(n) < RARE),
    lambda random, shift, n: np.round(random.normal(650 + 60 * shift, 80, n)),
)
DRIFT = 0.15


def table(columns: Columns, rows: int, seed: tuple[int, int], *, drifted: bool) -> pa.Table:
    """One file's rows."""
    random = np.random.default_rng(seed)
    made: dict[str, pa.Array] = {}
    for i in range(columns.numeric):
        shift = DRIFT if drifted and i % EVERY == 0 else 0.0
        values = SHAPES[i % len(SHAPES)](random, shift, rows)
        missing = (0.02 + 0.005 * (i % 5)) * (1 + shift)
        made[f"n{i:02d}"] = pa.array(values, mask=random.random(rows) < missing)
    for i, distinct in enumerate(columns.cardinalities):
        changed = drifted and i % EVERY == 0
        positions = _categories(random, rows, distinct, _shares(columns, distinct, changed))
        codes = pa.array(positions, mask=random.random(rows) < NULLS)
        names = pa.array([f"category_{k}" for k in range(distinct)])
        made[f"c{i:02d}"] = pa.DictionaryArray.from_arrays(codes, names).cast(pa.string())
    return pa.table(made)


def _shares(columns: Columns, distinct: int, changed: bool) -> NDArray[np.float64] | None:
    if columns.uniform:
        return None
    ranks = np.arange(1, distinct + 1, dtype=np.float64)
    weights = ranks ** (-1.2 if changed else -1.1)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def _categories(
    random: Generator, rows: int, distinct: int, shares: NDArray[np.float64] | None
) -> NDArray[np.int32]:
    if shares is None:
        return random.integers(0, distinct, rows, dtype=np.int32)
    drawn = np.searchsorted(np.cumsum(shares), random.random(rows))
    return np.minimum(drawn, distinct - 1).astype(np.int32)


def make(dataset: Dataset, folder: Path) -> bool:
    """Make the dataset's files, unless they are there already; True where it did."""
    done = folder / f".{dataset.name}.done"
    wanted = repr(asdict(dataset))
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return False
    done.unlink(missing_ok=True)
    _remove(dataset.path(folder))
    dataset.file(folder, 0).parent.mkdir(parents=True, exist_ok=True)
    for number in range(dataset.files):
        if dataset.source:
            _link(dataset, folder, number)
        else:
            _write(dataset, folder, number)
    done.write_text(wanted, encoding="utf-8")
    return True


def _write(dataset: Dataset, folder: Path, number: int) -> None:
    path = dataset.file(folder, number)
    rows = table(dataset.columns, dataset.rows, (dataset.seed, number), drifted=dataset.drifted)
    if dataset.layout == "csv":
        csv.write_csv(rows, path)
    else:
        pq.write_table(rows, path, compression="snappy", row_group_size=dataset.row_group)


def _link(dataset: Dataset, folder: Path, number: int) -> None:
    source = folder / dataset.source / f"part-{number:02d}.{dataset.layout}"
    for copy in range(dataset.copies):
        os.link(source, dataset.file(folder, copy * dataset.files + number))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def main() -> None:
    """`python -m benchmarks.speed.generate SIZE`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("size", choices=SIZES)
    size = SIZES[parser.parse_args().size]
    size.folder.mkdir(parents=True, exist_ok=True)
    datasets = size.datasets()
    for i, dataset in enumerate(datasets, 1):
        made = make(dataset, size.folder)
        print(
            f"data {i:2d}/{len(datasets)}  {dataset.name:24s} {dataset.all_rows:>11,} rows"
            f"  {'made' if made else 'there already'}",
            flush=True,
        )


if __name__ == "__main__":
    main()
