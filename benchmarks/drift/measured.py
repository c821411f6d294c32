"""What was measured, in one round or in many."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.drift.noise import Alarms
from benchmarks.drift.trial import Case, Tally
from benchmarks.drift.unseen import Sight


@dataclass(frozen=True)
class Measured:
    """The decisions of every rule, who saw what no distance sees, and the two noises."""

    rounds: int
    tally: Tally
    sights: Sequence[Sight]
    noise: Sequence[Alarms]

    def to_json(self) -> str:
        """On one line."""
        decisions = [[*case, alarm, times] for (case, alarm), times in sorted(self.tally.items())]
        return json.dumps(
            {"decisions": decisions, "sights": list(self.sights), "noise": list(self.noise)}
        )

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Measured:
        """All rounds together, each of them a line."""
        rounds = 0
        tally: Tally = Counter()
        seen: list[Sight] = []
        noise: Counter[tuple[str, int, int]] = Counter()
        formula, engine = noise.copy(), noise.copy()
        for line in lines:
            document = json.loads(line)
            rounds += 1
            for *case, alarm, times in document["decisions"]:
                tally[Case(*case), alarm] += times
            seen += (Sight(*item) for item in document["sights"])
            for shape, reference, rows, pairs, of_formula, of_engine in document["noise"]:
                key = (shape, reference, rows)
                noise[key] += pairs
                formula[key] += of_formula
                engine[key] += of_engine
        found = [Alarms(*key, pairs, formula[key], engine[key]) for key, pairs in noise.items()]
        return cls(rounds, tally, seen, found)
