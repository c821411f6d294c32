"""An instance's share of work, timed: `python -m benchmarks.scale.work FOLDER PROCESSES`."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from deltalake import DeltaTable

from benchmarks.scale.prediction_log import WINDOW, baseline
from monitoring_jobs.data_monitor.plan_windows import log_columns
from tidewatch.aws.live_files import live_files
from tidewatch.aws.rows import stream, within
from tidewatch.monitoring.shards.plan import WorkItem
from tidewatch.monitoring.shards.planned_baselines import PlannedBaselines
from tidewatch.monitoring.shards.profile_items import Work, profile_items
from tidewatch.monitoring.shards.window_part import WindowPart, merge_parts


@dataclass(frozen=True)
class Measured:
    """`wall` and `cpu` are seconds, of all processes; `peak` is this one's MiB.

    `scan` and `merge` are CPU seconds: of planning's look at the versions, and of reading one
    partial profile of `partial` bytes and merging it.
    """

    rows: int
    wall: float
    cpu: float
    peak: float
    scan: float
    merge: float
    partial: int


def measured(folder: Path, processes: int) -> Measured:
    """One run in a new process."""
    command = [sys.executable, "-m", "benchmarks.scale.work", str(folder), str(processes)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return Measured(**json.loads(found.stdout))


def _measure(folder: Path, processes: int) -> Measured:
    log = DeltaTable(folder)
    document = baseline()
    baselines = PlannedBaselines({"1": document, "2": document}, {})
    items = tuple(WorkItem(WINDOW, file) for file in live_files(log, WINDOW))
    wall, cpu = time.perf_counter(), _cpu()
    part = profile_items(Work(str(folder), log_columns(log), items, baselines), processes)[WINDOW]
    wall, cpu, peak = time.perf_counter() - wall, _cpu() - cpu, _peak()
    body = part.to_json()
    before = _cpu()
    merge_parts([part, WindowPart.from_json(body, baselines.of)])
    merge = _cpu() - before
    before = _cpu()
    for _ in stream(log, ["version"], within(WINDOW)):
        pass
    scan = _cpu() - before
    return Measured(part.read, wall, cpu, peak, scan, merge, len(body))


def _cpu() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak() -> float:
    """Of this process; the resource usage would tell its parent's, where that was larger."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError("no VmHWM in /proc/self/status: peaks are measured on Linux")


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(Path(sys.argv[1]), int(sys.argv[2])))))
