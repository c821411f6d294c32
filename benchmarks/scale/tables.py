"""The figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.scale.cost import (
    PRICED,
    PROCESSING,
    SPARK,
    START_SECONDS,
    Job,
    Rates,
    cores_for,
    jobs,
    on_spark,
    requests_day,
    storage_month,
)
from benchmarks.scale.spark_work import SparkMeasured
from benchmarks.scale.work import Measured
from benchmarks.speed.machine import description
from stacks.cost.prices import AS_OF

BILLION = 1_000_000_000
DAYS = (10_000_000, 100_000_000, BILLION, 10 * BILLION)
COUNTS = {10_000_000: 1, 100_000_000: 1, BILLION: 4, 10 * BILLION: 16}
CAPTURE_DAYS, LOG_DAYS, OBJECT_MB = 90, 365, 64.0
_SHOWN = ("Processor", "Cores", "Memory", "System", "Python", "Date", "Load before the start")
_HOUR = 3600


def machine() -> str:
    """The machine measured on."""
    found = description()
    return _table(["", ""], [[name, found[name]] for name in _SHOWN if name in found])


def rates(found: Rates, runs: Sequence[Measured], both: Measured) -> str:
    """What one core does."""
    small, large = runs
    lines = [
        ["capture parsed to typed columns", f"{found.parsed:,.0f} records / CPU s"],
        [
            "prediction log read, divided by subject, profiled",
            f"{found.profiled:,.0f} rows / CPU s",
        ],
        [
            f"the same, two processes, {both.rows:,} rows",
            f"{both.rows / both.wall:,.0f} rows / s of wall time",
        ],
        ["the same on Spark, both languages", _or_not(found.spark, "rows / CPU s")],
        ["planning: the versions in a window", f"{found.scanned:,.0f} rows / CPU s"],
        ["one partial profile: size", f"{found.partial_bytes / 1e6:.2f} MB"],
        ["one partial profile: read and merged", f"{found.merge_seconds * 1e3:.0f} CPU ms"],
        [
            f"memory of one process, {small.rows:,} rows and {large.rows:,}",
            f"{small.peak:.0f} MiB and {large.peak:.0f} MiB",
        ],
        ["a captured record", f"{found.record_bytes:.0f} bytes"],
        ["a row of the prediction log", f"{found.row_bytes:.0f} bytes"],
    ]
    return _table(["what", "measured"], lines)


def plan(found: Rates) -> str:
    """Every job of a day, for several sizes of day."""
    lines = [
        [
            f"{rows:,}",
            job.name,
            f"{job.runs} x {job.count} {job.instance.name}",
            f"{job.seconds / 60:.1f}",
            f"{job.cost:.2f}",
        ]
        for rows in DAYS
        for job in jobs(rows, found, COUNTS[rows])
    ]
    totals = ", ".join(
        f"{rows:,}: **{sum(job.cost for job in jobs(rows, found, COUNTS[rows])):.2f} USD**"
        for rows in DAYS
    )
    within_hour = cores_for(BILLION, found.profiled, _HOUR)
    table = _table(
        ["predictions a day", "job", "runs x instances", "minutes in all", "USD a day"], lines
    )
    cpus = "one virtual CPU" if within_hour == 1 else f"{within_hour} virtual CPUs"
    return (
        f"{table}\n\nA day's jobs together: {totals}. A billion rows profiled within an hour take"
        f" {cpus}; every run is charged {START_SECONDS} s of standing up."
    )


def spark(found: Rates, run: SparkMeasured | None) -> str:
    """Spark for a billion rows."""
    if run is None:
        return "Not measured: there is no Java here."
    lines = [_spark_line(on_spark(BILLION, found, count)) for count in (4, 16, 50)]
    times = found.profiled / found.spark
    table = _table(["workers", "minutes", "USD"], lines)
    return (
        f"{table}\n\nA row costs {times:.1f} times the CPU of a shard's: Java decodes the Parquet,"
        " turns rows into Arrow and hands them to Python. Take Spark where it is what you run"
        " already, or where more machines are wanted than Processing gives you."
    )


def storage(found: Rates) -> str:
    """What is kept."""
    lines = [
        [
            f"{rows:,}",
            f"{rows * found.record_bytes / 1e9:,.0f}",
            f"{rows * found.row_bytes / 1e9:,.0f}",
            f"{storage_month(rows, found, CAPTURE_DAYS, LOG_DAYS):,.0f}",
            f"{requests_day(rows, found, OBJECT_MB):.2f}",
        ]
        for rows in DAYS
    ]
    head = ["predictions a day", "capture GB a day", "log GB a day"]
    kept = f"USD a month: {CAPTURE_DAYS} days of capture, {LOG_DAYS} of log"
    return _table([*head, kept, f"USD a day: requests, {OBJECT_MB:.0f} MB objects"], lines)


def prices() -> str:
    """The assumptions."""
    lines = [
        [item.name, f"{item.hour:.4f} USD an hour", f"{item.cpus} vCPU, {item.memory:.0f} GiB"]
        for item in (*PROCESSING, SPARK)
    ]
    lines += [
        ["S3 Standard", f"{PRICED.storage_gb} USD a GB and month", ""],
        ["S3 PUT and GET", f"{PRICED.put_thousand} and {PRICED.get_thousand} USD a thousand", ""],
    ]
    return f"Assumed: {AS_OF}, {PRICED.region}, on demand, to be checked.\n\n" + _table(
        ["what", "price", "size"], lines
    )


def _spark_line(job: Job) -> list[str]:
    return [f"{job.count} x {job.instance.name}", f"{job.seconds / 60:.1f}", f"{job.cost:.2f}"]


def _or_not(rate: float, unit: str) -> str:
    return f"{rate:,.0f} {unit}" if rate else "not measured: there is no Java here"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
