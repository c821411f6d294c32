"""Judges the answers of a window against the truth that has become known."""

from __future__ import annotations

from dataclasses import dataclass

from deltalake import DeltaTable

from monitoring_jobs.model_monitor.asked_measures import (
    AskedMeasures,
    asked_rows,
    measure_asked,
)
from monitoring_jobs.model_monitor.estimate_error import estimate_error
from monitoring_jobs.model_monitor.labelled_predictions import (
    LabelledPredictions,
    labelled_predictions,
)
from tidewatch.aws.baselines import Baselines
from tidewatch.core.config import ModelConfig
from tidewatch.core.errors import BaselineError, DataError, Fault
from tidewatch.core.performance import Scorer, judge_performance
from tidewatch.core.profile import Baseline
from tidewatch.core.verdict import worst
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
        asked = asked_rows(self.model, self.log, self.labels, due.window)
        for subject, predictions in sorted(found.items()):
            evidence[subject] = len(predictions.labels)
            if not evidence[subject]:
                continue
            try:
                baseline = self.baselines.of(subject.version)
                extra = measure_asked(
                    self.model, asked.get(subject), baseline, self._scorer(baseline)
                )
                measurements = self._measure(predictions, baseline, extra)
                judged.append(
                    JudgedWindow(self.model.name, UNIT, subject, due.window, measurements)
                )
                faults |= dict.fromkeys(extra.faults)
            except (BaselineError, DataError) as error:
                faults |= dict.fromkeys(error.faults)
        return Outcome(tuple(judged), evidence, tuple(faults))

    def _scorer(self, baseline: Baseline) -> Scorer:
        return Scorer(
            self.model.task,
            tuple(self.model.classes),
            float(baseline.scores.get("threshold", 0.5)),
        )

    def _measure(
        self, predictions: LabelledPredictions, baseline: Baseline, extra: AskedMeasures
    ) -> tuple[Measurement, ...]:
        scores = self._scorer(baseline).of_answers(predictions.labels, predictions.scores)
        monitoring = self.model.monitoring
        judgements = judge_performance(
            scores, baseline.scores, monitoring.thresholds, scores.rows, monitoring.min_rows
        )
        judgements += extra.judgements
        shown = scores.metrics() | {
            **{name: float(count) for name, count in scores.counts().items()},
            **estimate_error(baseline, predictions.labels, predictions.scores),
            "labelled_share": scores.rows / predictions.predictions,
            ROWS: float(scores.rows),
        }
        return (
            verdict_of(worst(judgements), scores.rows),
            *with_shown(judgements, shown, scores.rows),
            # A class's own metrics bear its name where others bear a feature's.
            *(
                Measurement(metric, name, value, scores.rows)
                for name, metrics in scores.by_class().items()
                for metric, value in metrics.items()
            ),
            *extra.measurements,
        )
