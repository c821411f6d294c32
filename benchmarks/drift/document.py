"""The document: prose by hand, and between its marks what was measured."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.drift import tables
from benchmarks.drift.measured import Measured
from benchmarks.drift.plan import EVIDENTLY_TARGET, STORED_REFERENCE
from benchmarks.drift.rates import Picked, rate, sizes
from benchmarks.drift.rules import ENGINE
from benchmarks.drift.trial import Tally
from tidewatch.core.errors import Fault, TidewatchError

DOCUMENT = Path("docs/false-alarms.md")
PICTURE = Path("docs/pictures/false-alarms.svg")
DETECTION_ROWS = 2_000
FALSE_ALARM_GOAL = 0.01
DETECTION_GOAL = 0.99


class DocumentError(TidewatchError):
    """The document lacks a mark."""


def write(measured: Measured, machine: str, folder: Path = Path()) -> None:
    """Puts the tables into the document. Raises DocumentError where it has no place for one."""
    tally = measured.tally
    parts = {
        "run": _run(measured, machine),
        "goals": goals(tally),
        "false-alarms": tables.false_alarms(tally),
        "stored": tables.false_alarms_stored(tally),
        "detection": tables.detection(tally),
        "targets": tables.by_target(tally),
        "missingness": tables.missingness(tally),
        "populations": tables.by_population(tally, DETECTION_ROWS),
        "noise": tables.noise(measured.noise),
        "unseen": tables.unseen(measured.sights),
    }
    path = folder / DOCUMENT
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = _filled(text, name, part)
    path.write_text(text, encoding="utf-8")


def _filled(text: str, name: str, part: str) -> str:
    """`text` with `part` between the marks of that name."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = f"({re.escape(start)}).*?({re.escape(end)})"
    filled, times = re.subn(
        pattern, lambda found: f"{found[1]}\n{part}\n{found[2]}", text, flags=re.DOTALL
    )
    if times != 1:
        fault = Fault(str(DOCUMENT), f"{times} places marked {start}", "one", "mark one place")
        raise DocumentError(fault)
    return filled


def goals(tally: Tally) -> str:
    """Each goal, what was measured, and whether it holds."""
    quiet = [
        rate(tally, tables.is_quiet, rows=rows, rule=ENGINE)
        for rows in sizes(case for case, _ in tally)
    ]
    worst = max((found for found in quiet if found), key=lambda found: found.share)
    all_quiet = rate(tally, tables.is_quiet, rule=ENGINE)
    lines = [
        [
            "false alarms at every size",
            "≤ 1 %",
            f"{all_quiet}; at the worst size {worst}",
            _held(holds=worst.share <= FALSE_ALARM_GOAL),
        ],
        *(_detection_goal(tally, name, picked) for name, picked in _BASELINES.items()),
    ]
    return tables.table(["goal", "wanted", "measured", "the goal"], lines)


_BASELINES: dict[str, Picked] = {
    f"a baseline of {STORED_REFERENCE:,} rows or more": lambda c: c.reference >= STORED_REFERENCE,
    "a baseline no longer than the window": tables.own_reference,
    "the same, without 1,000 categories": lambda c: (
        tables.own_reference(c) and c.population != "1,000 categories"
    ),
}


def _detection_goal(tally: Tally, name: str, picked: Picked) -> list[str]:
    """Of shifts of PSI a quarter, from 2,000 rows on, against one sort of baseline."""
    found = rate(
        tally,
        lambda c: (
            c.rows >= DETECTION_ROWS
            and c.target == EVIDENTLY_TARGET
            and tables.is_shift(c)
            and picked(c)
        ),
        rule=ENGINE,
    )
    goal = f"detection of PSI {EVIDENTLY_TARGET} from {DETECTION_ROWS:,} rows, {name}"
    if found is None:
        return [goal, "≥ 99 %", "nothing", "was not measured"]
    return [goal, "≥ 99 %", str(found), _held(holds=found.share >= DETECTION_GOAL)]


def _held(*, holds: bool) -> str:
    return "holds" if holds else "**is missed**"


def _run(measured: Measured, machine: str) -> str:
    decisions = measured.tally.total()
    return f"{decisions:,} decisions, {measured.rounds} seeds a shift and size. {machine}"
