"""The whole benchmark: every trial on two processes, then the document and its pictures."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.drift.calibrate import strength
from benchmarks.drift.document import Measured
from benchmarks.drift.noise import SHAPES, SIZES, Alarms, Pairs, alarms
from benchmarks.drift.plan import Plan
from benchmarks.drift.populations import POPULATIONS
from benchmarks.drift.trial import Case, Tally, run
from benchmarks.drift.unseen import Sight, sights

PROCESSES = 2
_EVERY = 20


def measure(plan: Plan) -> Measured:
    """Runs the plan, and says on stderr how far it is."""
    started = time.monotonic()
    _say("finding the strengths that make a shift of a given PSI")
    for population in POPULATIONS:
        for family in population.families:
            for target in (0.05, 0.1, 0.25, 0.5):
                strength(population.name, family, target)
    trials = list(plan.trials())
    tally: Tally = Counter()
    # A fork takes the strengths along, which are cached.
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for done, found in enumerate(pool.imap_unordered(run, trials), start=1):
            tally.update(found)
            if done % _EVERY == 0 or done == len(trials):
                _say(f"{done} of {len(trials)} trials, {time.monotonic() - started:.0f} s")
        _say("shifts that no distance measures")
        seen = [sight for some in pool.imap(sights, plan.unseen()) for sight in some]
        _say("chance against the warning limit")
        pairs = [Pairs(shape, *size, plan.pairs) for shape in SHAPES for size in SIZES]
        return Measured(tally, seen, pool.map(alarms, pairs, chunksize=1))


def save(path: Path, measured: Measured) -> None:
    """Writes what was measured, so that the document can be made again without measuring."""
    path.parent.mkdir(parents=True, exist_ok=True)
    decisions = [[*case, alarm, times] for (case, alarm), times in sorted(measured.tally.items())]
    document = {"decisions": decisions, "unseen": measured.sights, "noise": measured.noise}
    path.write_text(json.dumps(document), encoding="utf-8")


def load(path: Path) -> Measured:
    """The inverse of `save`."""
    document = json.loads(path.read_text(encoding="utf-8"))
    tally: Tally = Counter()
    for *case, alarm, times in document["decisions"]:
        tally[Case(*case), alarm] = times
    seen = [Sight(*item) for item in document["unseen"]]
    return Measured(tally, seen, [Alarms(*item) for item in document["noise"]])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
