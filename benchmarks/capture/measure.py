"""One case, measured in a process of its own: `python -m benchmarks.capture.measure PLACE FILE`."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.capture.cases import CASES


@dataclass(frozen=True)
class Measured:
    """What a run took: `wall` and `cpu` seconds from open file to last row, and peak MB."""

    rows: int
    wall: float
    cpu: float
    peak_mb: float


def measured(place: int, path: Path) -> Measured:
    """Case number `place`, read once in a new process."""
    command = [sys.executable, "-m", "benchmarks.capture.measure", str(place), str(path)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return Measured(**json.loads(found.stdout))


def _measure(place: int, path: Path) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    rows = CASES[place].read(path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(rows, wall, cpu, peak)


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(int(sys.argv[1]), Path(sys.argv[2])))))
