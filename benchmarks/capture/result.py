"""What was measured of one way to read capture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CaptureResult:
    """A line of the table; the best of all rounds, since noise only adds.

    `wall` and `cpu` are seconds, `file_mb` and `peak_mb` MB.
    """

    name: str
    records: int
    rows: int
    file_mb: float
    wall: float
    cpu: float
    peak_mb: float


def read_results(path: Path) -> list[CaptureResult]:
    """Every case, as `benchmarks.capture --out` wrote it; none where it was not measured."""
    if not path.is_file():
        return []
    document = json.loads(path.read_text(encoding="utf-8"))
    return [CaptureResult(**case) for case in document["results"]]
