"""Shifts that no distance of one feature measures: who sees them at all?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy.special import expit

from benchmarks.drift.populations import Floats
from benchmarks.drift.rules import MIN_ROWS
from tidewatch.core.drift import compare
from tidewatch.core.estimate import fit_estimator, judge_estimate
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.performance import judge_performance, score_binary
from tidewatch.core.profile import profile, reference_profile
from tidewatch.core.task import Task
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import Verdict

FEATURES = "a feature's drift"
SCORE = "drift of the predictions"
ESTIMATE = "the estimate before labels"
QUALITY = "model quality, with labels"

_KINDS = dict.fromkeys(("a", "b", "score"), FeatureKind.NUMERIC)
_ALARMS = {Verdict.WARNING, Verdict.CRITICAL}


class Sight(NamedTuple):
    """Whether one watcher raised an alarm on one window."""

    shift: str
    rows: int
    watcher: str
    alarm: bool


@dataclass(frozen=True)
class World:
    """Two features, a model that knew how they made the label, and what has become of them.

    `correlation` is that of the features. The label's log-odds are `odds + weight (a + b)` where
    the model believes 0 + 1.2 (a + b); with `share`, labels are drawn first, that share of them
    positive, and the features follow them as they always did.
    """

    shift: str
    correlation: float = 0.0
    weight: float = 1.2
    odds: float = 0.0
    share: float | None = None

    def draw(self, random: np.random.Generator, rows: int) -> pa.Table:
        """Features, the model's score and the label."""
        drawn = rows if self.share is None else 12 * rows
        a, other = random.standard_normal((2, drawn))
        b = self.correlation * a + np.sqrt(1 - self.correlation**2) * other
        label = random.random(drawn) < expit(self.odds + self.weight * (a + b))
        score = expit(1.2 * (a + b))
        keep = slice(None) if self.share is None else _picked(random, label, rows, self.share)
        columns = {"a": a, "b": b, "score": score, "label": label}
        return pa.table({name: values[keep] for name, values in columns.items()})


def _picked(random: np.random.Generator, label: np.ndarray, rows: int, share: float) -> np.ndarray:
    """Rows such that `share` of the labels is positive."""
    positive = random.random(rows) < share
    of_label = {value: iter(np.flatnonzero(label == value)) for value in (True, False)}
    return np.array([next(of_label[bool(value)]) for value in positive])


WORLDS = (
    World("none"),
    World("correlation only: 0 to 0.8", correlation=0.8),
    World("correlation only: 0 to -0.8", correlation=-0.8),
    World("labels: positives from 50 % to 25 %", share=0.25),
    World("concept: half the effect of the features", weight=0.6),
    World("concept: everybody's odds halved", odds=-0.7),
)

REFERENCE_ROWS = 20_000


class Look(NamedTuple):
    """A size of window and a seed."""

    rows: int
    seed: int


def sights(look: Look) -> list[Sight]:
    """What each watcher says of one window of every world."""
    random = np.random.default_rng([look.seed, look.rows, 7])
    before = WORLDS[0].draw(random, REFERENCE_ROWS)
    return [
        Sight(world.shift, look.rows, watcher, alarm)
        for world in WORLDS
        for watcher, alarm in _alarms(before, world.draw(random, look.rows))
    ]


def _alarms(before: pa.Table, now: pa.Table) -> Iterator[tuple[str, bool]]:
    thresholds = Thresholds()
    reference = reference_profile(before, _KINDS)
    found = compare(reference, profile(now, reference), thresholds, MIN_ROWS).features
    verdicts = {name: feature.verdict in _ALARMS for name, feature in found.items()}
    yield FEATURES, verdicts["a"] or verdicts["b"]
    yield SCORE, verdicts["score"]
    old = score_binary(_numbers(before, "label"), _numbers(before, "score"))
    estimator = fit_estimator(
        Task.BINARY_CLASSIFICATION, _numbers(before, "label"), _numbers(before, "score")
    )
    assert estimator is not None
    estimate = estimator.estimate(_numbers(now, "score"))
    headline = estimator.headline
    early = judge_estimate(estimate, headline, old.as_dict(), thresholds, MIN_ROWS)
    yield ESTIMATE, any(item.verdict in _ALARMS for item in early)
    new = score_binary(_numbers(now, "label"), _numbers(now, "score"))
    late = judge_performance(new, old.as_dict(), thresholds, new.rows, MIN_ROWS)
    yield QUALITY, any(item.verdict in _ALARMS for item in late)


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()).to_numpy())
