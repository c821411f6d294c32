"""The plan: from rates and prices to instances, minutes, memory and USD a day."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from stacks.cost.prices import PRICES, Instance

HOUR = 3600
PRICED = PRICES["us-east-1"]
_NAMES = ("ml.m5.large", "ml.m5.xlarge", "ml.m5.4xlarge", "ml.c5.4xlarge")
PROCESSING = tuple(found for name in _NAMES if (found := PRICED.instance(name)))
"""SageMaker Processing."""
SPARK = PRICED.spark_worker(4, 16)
RUNS = 24
"""Runs of the state machine a day, at a `monitoring_rate` of 1h; windows are a day long."""
START_SECONDS = 180
"""Assumed: what an instance is paid for before and after its program (image, inputs, outputs)."""


_LARGE_DAY = 1_000_000_000
"""Up to so many records a day, the prediction log is kept by a small instance."""


@dataclass(frozen=True)
class Rates:
    """What one core does: rows a CPU second; and bytes. Measured."""

    parsed: float
    profiled: float
    spark: float
    scanned: float
    merge_seconds: float
    record_bytes: float
    row_bytes: float
    partial_bytes: float


@dataclass(frozen=True)
class Job:
    """A job's `runs` over one day's rows, on `count` instances; `seconds` are of all runs."""

    name: str
    instance: Instance
    count: int
    seconds: float
    runs: int = 1

    @property
    def cost(self) -> float:
        """USD: `count x (seconds + runs x start) / 3600 x price`."""
        return self.count * (self.seconds + self.runs * START_SECONDS) / HOUR * self.instance.hour


def spread(name: str, cpu_seconds: float, instance: Instance, count: int) -> Job:
    """Work of `cpu_seconds` divided among all the virtual CPUs of `count` instances.

    >>> spread("profile", 7200, Instance("m", 1.0, 4, 16), 2).seconds
    900.0
    """
    return Job(name, instance, count, cpu_seconds / (instance.cpus * count))


def jobs(rows: int, rates: Rates, count: int) -> list[Job]:
    """Every job of one day of `rows` predictions, profiled by `count` instances."""
    large, xlarge, big, _ = PROCESSING
    reader = large if rows <= _LARGE_DAY else big
    return [
        replace(spread("prediction_log: parse capture", rows / rates.parsed, reader, 1), runs=RUNS),
        Job("data_monitor: plan", large, 1, rows / rates.scanned / large.cpus, RUNS),
        spread("shard_profile: profile", rows / rates.profiled, xlarge, count),
        Job("data_monitor: merge and judge", large, 1, count * rates.merge_seconds),
    ]


def on_spark(rows: int, rates: Rates, count: int) -> Job:
    """The same profiles on Spark, where every row goes from Java to Python."""
    return spread("spark_profile: profile", rows / rates.spark, SPARK, count)


def storage_month(rows: int, rates: Rates, capture_days: int, log_days: int) -> float:
    """USD a month for what is kept: capture and prediction log."""
    kept = rows * (capture_days * rates.record_bytes + log_days * rates.row_bytes)
    return kept / 1e9 * PRICED.storage_gb


def requests_day(rows: int, rates: Rates, object_mb: float) -> float:
    """USD a day for objects of `object_mb` MB: capture put and got once, the log got twice."""
    captured = rows * rates.record_bytes / 1e6 / object_mb
    logged = rows * rates.row_bytes / 1e6 / object_mb
    puts, gets = captured + logged, captured + 2 * logged
    return puts / 1000 * PRICED.put_thousand + gets / 1000 * PRICED.get_thousand


def cores_for(rows: int, rate: float, seconds: float) -> int:
    """Virtual CPUs that do `rows` at `rate` rows a second within `seconds`.

    >>> cores_for(1_000, 10.0, 30)
    4
    """
    return math.ceil(rows / rate / seconds)
