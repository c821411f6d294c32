"""Measures how fast capture is read: `python -m benchmarks.capture [--records N] [--out FILE]`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.capture.cases import CASES, Case
from benchmarks.capture.files import file_of
from benchmarks.capture.measure import measured
from benchmarks.capture.result import CaptureResult

ROUNDS = 3


def main() -> None:
    """Makes what is missing, measures every case in rounds, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, help="where to write the results as JSON")
    asked = parser.parse_args()
    results = [_result(place, case, asked) for place, case in enumerate(CASES)]
    print(table(results))
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        document = {"rounds": asked.rounds, "results": [asdict(item) for item in results]}
        asked.out.write_text(json.dumps(document, indent=1) + "\n")


def _result(place: int, case: Case, asked: argparse.Namespace) -> CaptureResult:
    path, records = file_of(case, asked.records)
    runs = [measured(place, path) for _ in range(asked.rounds)]
    return CaptureResult(
        name=case.name,
        records=records,
        rows=runs[0].rows,
        file_mb=path.stat().st_size / 1e6,
        wall=min(run.wall for run in runs),
        cpu=min(run.cpu for run in runs),
        peak_mb=max(run.peak_mb for run in runs),
    )


def table(results: list[CaptureResult]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| capture | records | MB | records/s | rows/s | CPU s per 1M records | peak MB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {item.name} | {item.records:,} | {item.file_mb:,.0f} | {item.records / item.wall:,.0f} "
        f"| {item.rows / item.wall:,.0f} | {item.cpu / item.records * 1e6:.2f} "
        f"| {item.peak_mb:,.0f} |"
        for item in results
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
