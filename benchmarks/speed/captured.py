"""What `benchmarks.capture` measured, as it writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Captured:
    """One way to read capture. `wall` and `cpu` are seconds, `file_mb` and `peak_mb` MB."""

    name: str
    records: int
    rows: int
    file_mb: float
    wall: float
    cpu: float
    peak_mb: float


def read(path: Path) -> list[Captured]:
    """Every case; none where it was not measured."""
    if not path.is_file():
        return []
    document = json.loads(path.read_text(encoding="utf-8"))
    return [Captured(**case) for case in document["results"]]
