"""One trial: a reference, and windows without and with drift, put to every rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np

from benchmarks.drift.calibrate import strength
from benchmarks.drift.evidently_rules import evidently_decisions
from benchmarks.drift.plan import EVIDENTLY_TARGET, Trial
from benchmarks.drift.populations import POPULATIONS, Family, Population
from benchmarks.drift.rules import Reference, decisions
from benchmarks.drift.samples import Sample, Shift, draw


class Case(NamedTuple):
    """What a decision was about."""

    rows: int
    reference: int
    family: str
    target: float
    population: str
    rule: str


Tally: TypeAlias = "Counter[tuple[Case, bool]]"
"""How often each rule raised an alarm on a case, and how often it did not."""


def run(trial: Trial) -> Tally:
    """Every decision on the windows of one trial. Seeded: again is the same."""
    random = np.random.default_rng([trial.seed, trial.rows, trial.reference])
    reference = Reference(
        {item.name: draw(random, item, trial.reference, Shift()) for item in POPULATIONS}
    )
    tally: Tally = Counter()
    for family, target, planted in _windows(trial):
        window = {
            item.name: draw(random, item, trial.rows, Shift(family, at))
            for item, at in planted.items()
        }
        for rule, feature, alarm in _decided(trial, target, reference, window):
            case = Case(trial.rows, trial.reference, family.value, target, feature, rule)
            tally[case, alarm] += 1
    return tally


def _decided(
    trial: Trial, target: float, reference: Reference, window: Sample
) -> Iterator[tuple[str, str, bool]]:
    found = list(decisions(reference, window))
    if trial.evidently and target in {0.0, EVIDENTLY_TARGET}:
        found += evidently_decisions(reference.sample, window)
    for decision in found:
        yield decision.rule, decision.feature, decision.alarm


def _windows(trial: Trial) -> Iterator[tuple[Family, float, dict[Population, float]]]:
    """What is planted in each window: family, size and the strength for each population."""
    yield Family.NONE, 0.0, dict.fromkeys(POPULATIONS, 0.0)
    for target in trial.targets:
        yield Family.MISSING, target, dict.fromkeys(POPULATIONS, target)
        for family in (Family.MEAN, Family.SCALE, Family.SHAPE, Family.MIX):
            found = {item: planted(item, family, target) for item in POPULATIONS}
            yield family, target, {item: at for item, at in found.items() if at is not None}


def planted(population: Population, family: Family, target: float) -> float | None:
    """The strength of a shift; None where the population has no such shift, or none so large."""
    if family not in population.families:
        return None
    return strength(population.name, family, target)
