"""The same window on a local Spark, timed: `python -m benchmarks.scale.spark_work FOLDER CORES`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from deltalake import DeltaTable

from benchmarks.scale.prediction_log import WINDOW, baseline
from monitoring_jobs.data_monitor.plan_windows import log_columns
from tidewatch.aws.live_files import live_files
from tidewatch.monitoring.shards.plan import Plan, PlannedWindow
from tidewatch.monitoring.shards.planned_baselines import PlannedBaselines
from tidewatch.spark import planned_rows, profile_window_table, spark_session


@dataclass(frozen=True)
class SparkMeasured:
    """`wall` and `cpu` are seconds, of Java and all Python workers, without their start."""

    rows: int
    wall: float
    cpu: float


def measured(folder: Path, cores: int) -> SparkMeasured:
    """One run in a new process."""
    command = [sys.executable, "-m", "benchmarks.scale.spark_work", str(folder), str(cores)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return SparkMeasured(**json.loads(found.stdout.splitlines()[-1]))


def _measure(folder: Path, cores: int) -> SparkMeasured:
    log = DeltaTable(folder)
    baselines = PlannedBaselines({"1": baseline(), "2": baseline()}, {})
    files = tuple(live_files(log, WINDOW))
    window = PlannedWindow(window=WINDOW, evidence=1, final=True, forced=False, files=files)
    plan = Plan(
        table=str(folder.resolve()),
        columns=log_columns(log),
        windows=(window,),
        shares=1,
        baselines=baselines.digests(),
        without_baseline={},
    )
    spark = spark_session(
        "scale",
        {
            "spark.master": f"local[{cores}]",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.ui.enabled": "false",
        },
    )
    rows = planned_rows(spark, plan, window)
    profile_window_table(rows.limit(1), WINDOW, baselines)  # the workers are up
    wall, cpu = time.perf_counter(), _cpu()
    part = profile_window_table(rows, WINDOW, baselines)
    return SparkMeasured(part.read, time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    own = psutil.Process()
    times = [process.cpu_times() for process in [own, *own.children(recursive=True)]]
    return sum(found.user + found.system for found in times)


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(Path(sys.argv[1]), int(sys.argv[2])))))
