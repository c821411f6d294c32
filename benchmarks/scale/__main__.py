"""Measures the rates of one core and writes the plan: `python -m benchmarks.scale [--print]`.

The figures go between the markers of docs/scale.md; the words around them stay.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.capture import measure as capture
from benchmarks.capture.cases import CASES
from benchmarks.capture.files import file_of
from benchmarks.scale import spark_work, tables, work
from benchmarks.scale.cost import Rates
from benchmarks.scale.prediction_log import baseline, bytes_a_row, folder
from benchmarks.speed.datasets import ROOT
from benchmarks.speed.render import PART, fill
from tidewatch.spark import SparkMissingError
from tidewatch.spark.session import require_java

PAGE = ROOT / "docs" / "scale.md"
SMALL, LARGE = 1_000_000, 4_000_000
RECORDS = 200_000
TYPED_BY_ONE = "typed_by_one"


def main() -> None:
    """Measures everything; minutes, most of them for making data the first time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="print the parts, write nothing")
    asked = parser.parse_args()
    baseline()
    runs = [work.measured(folder(rows), 1) for rows in (SMALL, LARGE)]
    both = work.measured(folder(LARGE), 2)
    spark = _spark()
    rates = _rates(runs[-1], spark)
    parts = {
        "machine": tables.machine(),
        "rates": tables.rates(rates, runs, both),
        "plan": tables.plan(rates),
        "spark": tables.spark(rates, spark),
        "storage": tables.storage(rates),
        "prices": tables.prices(),
    }
    if asked.print:
        print("\n\n".join(parts.values()))
        return
    page = PAGE.read_text(encoding="utf-8")
    if unknown := {found[1] for found in PART.findall(page)} - set(parts):
        sys.exit(f"{PAGE} has parts that nobody measures: {sorted(unknown)}")
    PAGE.write_text(fill(page, parts), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(Path.cwd())}")


def _rates(run: work.Measured, spark: spark_work.SparkMeasured | None) -> Rates:
    place = next(i for i, case in enumerate(CASES) if case.read.__name__ == TYPED_BY_ONE)
    path, records = file_of(CASES[place], RECORDS)
    parsed = capture.measured(place, path)
    return Rates(
        parsed=parsed.rows / parsed.cpu,
        profiled=run.rows / run.cpu,
        spark=spark.rows / spark.cpu if spark else 0.0,
        scanned=run.rows / run.scan,
        merge_seconds=run.merge,
        record_bytes=path.stat().st_size / records,
        row_bytes=bytes_a_row(folder(LARGE)),
        partial_bytes=run.partial,
    )


def _spark() -> spark_work.SparkMeasured | None:
    try:
        require_java()
    except SparkMissingError as error:
        print(f"not measured: {error}", file=sys.stderr)
        return None
    return spark_work.measured(folder(LARGE), 2)


if __name__ == "__main__":
    main()
