"""The floor by another engine: DuckDB adds up the same numbers and lengths as `polars_scan`."""

from __future__ import annotations

import duckdb

from benchmarks.speed.peers.arguments import CATEGORICAL, NUMERIC, arguments


def main() -> None:
    """Scan the current rows with DuckDB."""
    given = arguments()
    path = given.current / "*.parquet" if given.current.is_dir() else given.current
    sums = [f"sum({name})" for name in NUMERIC]
    lengths = [f"sum(strlen({name}))" for name in CATEGORICAL]
    query = f"SELECT count(*), {', '.join(sums + lengths)} FROM read_parquet($1)"  # noqa: S608 - our own columns
    totals = duckdb.execute(query, [str(path)]).fetchone() or ()
    names = ("rows", *NUMERIC, *CATEGORICAL)
    given.answer({name: {"sum": float(total)} for name, total in zip(names, totals, strict=True)})


if __name__ == "__main__":
    main()
