"""Runs the plan round by round on two processes, and keeps what each round found."""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.drift.calibrate import strength
from benchmarks.drift.measured import Measured
from benchmarks.drift.noise import alarms
from benchmarks.drift.plan import Plan
from benchmarks.drift.populations import POPULATIONS
from benchmarks.drift.trial import Tally, run
from benchmarks.drift.unseen import sights

PROCESSES = 2


def measure(plan: Plan, kept: Path) -> None:
    """Runs the rounds that `kept` has no line of, and adds a line for each."""
    started = time.monotonic()
    kept.parent.mkdir(parents=True, exist_ok=True)
    done = len(kept.read_text(encoding="utf-8").splitlines()) if kept.exists() else 0
    _say("finding the strengths that make a shift of a given PSI")
    for population in POPULATIONS:
        for family in population.families:
            for target in (0.05, 0.1, 0.25, 0.5):
                strength(population.name, family, target)
    # A fork takes the strengths along, which are cached.
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for seed in range(done, plan.seeds):
            found = _round(plan, seed, pool)
            with kept.open("a", encoding="utf-8") as lines:
                lines.write(found.to_json() + "\n")
            _say(f"round {seed + 1} of {plan.seeds}, {time.monotonic() - started:.0f} s")


def _round(plan: Plan, seed: int, pool: multiprocessing.pool.Pool) -> Measured:
    tally: Tally = Counter()
    for found in pool.imap_unordered(run, plan.trials(seed)):
        tally.update(found)
    seen = [sight for some in pool.imap(sights, plan.looks(seed)) for sight in some]
    return Measured(1, tally, seen, list(pool.imap(alarms, plan.noises(seed))))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
