"""Estimates how well the answers of a window will turn out, before any label is there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from deltalake import DeltaTable
from numpy.typing import NDArray

from tidewatch.aws.baselines import Baselines
from tidewatch.aws.rows import stream, within
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.core.estimate import Estimate, judge_estimate, read_estimator
from tidewatch.core.profile import Baseline
from tidewatch.core.verdict import worst
from tidewatch.core.window import Window
from tidewatch.monitoring.judged_window import (
    ROWS,
    JudgedWindow,
    Measurement,
    Subject,
    verdict_of,
    with_shown,
)
from tidewatch.monitoring.subject_rows import rows_by_subject
from tidewatch.monitoring.watch import Due, Outcome

UNIT = "performance_estimate"


@dataclass(frozen=True)
class EstimateJudge:
    """The early word on one model's quality, from its prediction log alone."""

    model: ModelConfig
    log: DeltaTable
    baselines: Baselines

    def judge(self, due: Due) -> Outcome:
        """See `Monitor`. A version whose baseline has no estimator is not judged."""
        judged: list[JudgedWindow] = []
        faults: dict[Fault, None] = {}
        for subject, scores in sorted(self._scores(due.window).items()):
            try:
                baseline = self.baselines.of(subject.version)
                if baseline.estimator is not None:
                    judged.append(self._judge(subject, scores, baseline, due.window))
            except BaselineError as error:
                faults |= dict.fromkeys(error.faults)
        evidence = {item.subject: due.evidence for item in judged}
        return Outcome(tuple(judged), evidence, tuple(faults))

    def _scores(self, window: Window) -> dict[Subject, NDArray[np.float64]]:
        rows = stream(self.log, ["version", "variant", "score"], within(window))
        return {
            subject: table["score"].to_numpy() for subject, table in rows_by_subject(rows).items()
        }

    def _judge(
        self, subject: Subject, scores: NDArray[np.float64], baseline: Baseline, window: Window
    ) -> JudgedWindow:
        estimator = read_estimator(baseline.estimator or {})
        estimate = estimator.estimate(scores)
        measurements = self._measure(estimate, estimator.headline, baseline)
        return JudgedWindow(self.model.name, UNIT, subject, window, tuple(measurements))

    def _measure(self, estimate: Estimate, headline: str, baseline: Baseline) -> list[Measurement]:
        monitoring = self.model.monitoring
        judgements = judge_estimate(
            estimate, headline, baseline.scores, monitoring.thresholds, monitoring.min_rows
        )
        shown = {f"estimated_{name}": value for name, value in estimate.values().items()}
        item = estimate.metrics[headline]
        if item is not None:
            shown[f"estimated_{headline}_lower"] = item.lower
            shown[f"estimated_{headline}_upper"] = item.upper
        shown[ROWS] = float(estimate.rows)
        found = with_shown(judgements, shown, estimate.rows)
        return [
            verdict_of(worst(judgements), estimate.rows),
            *(_without_infinity(measurement) for measurement in found),
        ]


def _without_infinity(measurement: Measurement) -> Measurement:
    """An estimate has no critical limit; the history says so by having none."""
    unlimited = measurement.critical is not None and math.isinf(measurement.critical)
    return replace(measurement, critical=None) if unlimited else measurement
