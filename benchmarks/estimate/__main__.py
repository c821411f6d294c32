"""Writes, as Markdown, what was estimated for each month of flights and what was realised.

    python -m benchmarks.estimate

A star marks what lies outside the interval of 95 %. The table is in docs/decisions/0006.
"""

from __future__ import annotations

import numpy as np

from benchmarks.estimate.flights import Scored, scored_flights
from tidewatch.core.estimate import Estimated, Estimator, fit_estimator
from tidewatch.core.task import Task

_METRICS = {"ROC AUC": "roc_auc", "accuracy": "accuracy", "F1": "f1"}


def main() -> None:
    """Trains, estimates and prints; about half a minute."""
    validation, traffic = scored_flights()
    estimator = fit_estimator(Task.BINARY_CLASSIFICATION, validation.labels, validation.scores)
    assert estimator is not None
    print("| month |", " | ".join(f"{name}: estimated, realised" for name in _METRICS), "|")
    print("|---" * (1 + len(_METRICS)) + "|")
    for month in np.unique(traffic.months):
        rows = traffic.at(traffic.months == month)
        print(f"| {month} |", " | ".join(_cells(estimator, rows)), "|")


def _cells(estimator: Estimator, rows: Scored) -> list[str]:
    expected = estimator.estimate(rows.scores).metrics
    realised = estimator.realised(rows.labels, rows.scores)
    return [_cell(expected[name], realised[name]) for name in _METRICS.values()]


def _cell(expected: Estimated | None, realised: float | None) -> str:
    if expected is None or realised is None:
        return "unknown"
    half = (expected.upper - expected.lower) / 2
    star = "" if expected.lower <= realised <= expected.upper else " *"
    return f"{expected.value:.3f} ± {half:.3f}, {realised:.3f}{star}"


main()
