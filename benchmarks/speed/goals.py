"""The goals that were set for the engine, and what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.capture.result import CaptureResult
from benchmarks.speed.results import Figures, Results
from benchmarks.speed.tables import number, table

EVIDENTLY = 100
ROWS_PER_SECOND = 4e6
SCANS = 2.0
WORKER = 250.0
GROWTH = 1.1
"""More than a tenth of growth from one file to fifty is growth."""
PARSED = 650_000
AGGREGATED = 1_000_000


@dataclass(frozen=True)
class Goal:
    """A goal, what was measured, and by which factor it is surpassed; below 1 it is missed.

    NaN where it could not be measured.
    """

    wanted: str
    measured: str
    margin: float

    @property
    def outcome(self) -> str:
        """Reached or missed, and by how much."""
        if math.isnan(self.margin):
            return "not measured"
        if self.margin >= 1:
            return "reached"
        return f"**missed** by a factor of {1 / self.margin:.2f}"


def goals(results: Results, parsed: Sequence[CaptureResult] = ()) -> list[Goal]:
    """All goals of speed."""
    found = {key: figures for key, figures in results.figures.items() if figures.is_complete}
    return [
        *_against_evidently(found),
        *_of_ten(found),
        *_of_memory(found),
        _of_capture("typed columns", PARSED, parsed),
        _of_capture("aggregated", AGGREGATED, parsed),
    ]


def as_table(some: list[Goal]) -> str:
    """The goals, one a line."""
    rows = [[goal.wanted, goal.measured, goal.outcome] for goal in some]
    return table(["goal", "measured", ""], rows).replace("--:", "---")


def _against_evidently(found: Mapping[str, Figures]) -> list[Goal]:
    ours, theirs = found.get("tidewatch"), found.get("evidently-statistics")
    wanted = "1M rows against a stored baseline: CPU ≤ 1/100 of Evidently's for the same statistics"
    if not (ours and theirs):
        return [_unknown(wanted)]
    ratio = theirs.cpu / ours.cpu
    bare = (theirs.cpu - theirs.startup) / (ours.cpu - ours.startup)
    measured = (
        f"{number(ours.cpu)} s and {number(theirs.cpu)} s: 1/{ratio:.0f}"
        f" (1/{bare:.0f} without the start-up of both)"
    )
    return [Goal(wanted, measured, ratio / EVIDENTLY)]


def _of_ten(found: Mapping[str, Figures]) -> list[Goal]:
    ours, scan = found.get("tidewatch-ten"), found.get("polars-scan-ten")
    fast = "10M rows, 2 cores: ≥ 4M rows/s"
    cheap = "10M rows: CPU ≤ twice the Polars scan of the same columns"
    small = "10M rows: ≤ 250 MB a worker"
    if not ours:
        return [_unknown(fast), _unknown(cheap), _unknown(small)]
    rate = ours.rows_per_second
    some = [Goal(fast, f"{rate / 1e6:.2f}M rows/s, start-up included", rate / ROWS_PER_SECOND)]
    if scan:
        times = ours.cpu / scan.cpu
        measured = f"{number(ours.cpu)} s and {number(scan.cpu)} s: {times:.2f} times"
        some.append(Goal(cheap, measured, SCANS / times))
    else:
        some.append(_unknown(cheap))
    held = ours.process_memory * (1 << 20) / 1e6
    return [*some, Goal(small, f"{held:.0f} MB in the largest process", WORKER / held)]


def _of_memory(found: Mapping[str, Figures]) -> list[Goal]:
    wanted = "no growth of memory from 1M to 50M rows"
    one, fifty = found.get("tidewatch"), found.get("tidewatch-fifty")
    if not (one and fifty):
        return [_unknown(wanted)]
    measured = f"{one.tree_memory:.0f} MiB and {fifty.tree_memory:.0f} MiB, all processes"
    return [Goal(wanted, measured, GROWTH * one.tree_memory / fifty.tree_memory)]


def _of_capture(kind: str, rate: float, parsed: Sequence[CaptureResult]) -> Goal:
    wanted = f"capture, CSV payloads of 20 features: ≥ {rate:,.0f} records/s, {kind}"
    for case in parsed:
        if kind in case.name:
            reached = case.records / case.wall
            return Goal(wanted, f"{number(reached)} records/s", reached / rate)
    return _unknown(wanted)


def _unknown(wanted: str) -> Goal:
    return Goal(wanted, "-", math.nan)
