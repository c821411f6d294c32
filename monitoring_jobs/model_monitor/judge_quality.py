"""Judges the answers of a window against the truth that has become known."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from deltalake import DeltaTable

from monitoring_jobs.model_monitor.labelled_predictions import (
    LabelledPredictions,
    labelled_predictions,
)
from tidewatch.aws.baselines import Baselines
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import BaselineError, DataError, Fault
from tidewatch.core.performance import judge_performance, score_binary
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
from tidewatch.monitoring.watch import Due, Outcome

UNIT = "model_monitor"


@dataclass(frozen=True)
class QualityJudge:
    """The model monitor of one model, over its prediction log and its labels."""

    model: ModelConfig
    log: DeltaTable
    labels: DeltaTable
    baselines: Baselines

    def judge(self, due: Due) -> Outcome:
        """See `Monitor`. A subject without any label in the window is not judged."""
        judged: list[JudgedWindow] = []
        faults: dict[Fault, None] = {}
        evidence: dict[Subject, int] = {}
        found = labelled_predictions(self.log, self.labels, due.window)
        for subject, predictions in sorted(found.items()):
            evidence[subject] = len(predictions.labels)
            if not evidence[subject]:
                continue
            try:
                judged.append(self._judge(subject, predictions, due.window))
            except (BaselineError, DataError) as error:
                faults |= dict.fromkeys(error.faults)
        return Outcome(tuple(judged), evidence, tuple(faults))

    def _judge(
        self, subject: Subject, predictions: LabelledPredictions, window: Window
    ) -> JudgedWindow:
        baseline = self.baselines.of(subject.version)
        measurements = tuple(self._measure(predictions, baseline))
        return JudgedWindow(self.model.name, UNIT, subject, window, measurements)

    def _measure(self, predictions: LabelledPredictions, baseline: Baseline) -> list[Measurement]:
        threshold = float(baseline.scores.get("threshold", 0.5))
        scores = score_binary(predictions.labels, predictions.scores, threshold)
        monitoring = self.model.monitoring
        judgements = judge_performance(
            scores, baseline.scores, monitoring.thresholds, scores.rows, monitoring.min_rows
        )
        shown = scores.metrics() | {
            **{name: float(count) for name, count in asdict(scores.confusion_matrix).items()},
            "labelled_share": scores.rows / predictions.predictions,
            ROWS: float(scores.rows),
        }
        return [
            verdict_of(worst(judgements), scores.rows),
            *with_shown(judgements, shown, scores.rows),
        ]
