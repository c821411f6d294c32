"""The floor: Polars reads every value of every column once, and keeps nothing but sums.

Numbers are added up; of strings the lengths are, which takes reading each. Nulls come with both.
"""

from __future__ import annotations

import polars as pl  # type: ignore[import-not-found]

from benchmarks.speed.peers.arguments import CATEGORICAL, NUMERIC, arguments


def main() -> None:
    """Scan the current rows with Polars' streaming engine."""
    given = arguments()
    sums = [pl.col(name).sum() for name in NUMERIC]
    lengths = [pl.col(name).str.len_bytes().sum() for name in CATEGORICAL]
    scanned = pl.scan_parquet(given.current).select(pl.len().alias("rows"), *sums, *lengths)
    totals = scanned.collect(engine="streaming").row(0, named=True)
    given.answer({name: {"sum": float(total)} for name, total in totals.items()})


if __name__ == "__main__":
    main()
