"""Performance: how well a version predicted, and whether that is worse than its baseline.

A window of a few hundred labels measures ROC AUC to a few hundredths and finds some calibration
error in a perfect model. So both limits are moved by the noise of the sample, as drift's are
(`verdict.beyond_noise`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from tidewatch.core.quality import (
    Calibration,
    ConfusionMatrix,
    brier,
    calibration,
    confusion_matrix,
    log_loss,
    roc_auc,
    roc_auc_variance,
)
from tidewatch.core.quality.scored import scored
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import (
    FALSE_ALARM_DEVIATIONS,
    Direction,
    Judgement,
    Noise,
    beyond_noise,
    judge,
)


@dataclass(frozen=True)
class BinaryScores:
    """Every quality metric of a binary classifier on `rows` labelled predictions.

    A metric that the rows cannot give is None, never 0: ROC AUC needs both classes, precision a
    positive decision, recall a positive label. `threshold` is where a score becomes a decision.
    """

    rows: int
    threshold: float
    confusion_matrix: ConfusionMatrix
    roc_auc: float | None
    log_loss: float | None
    brier: float | None
    calibration: Calibration | None
    positive_share: float | None
    mean_score: float | None

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error over ten bins of equal mass."""
        return self.calibration.error if self.calibration else None

    def metrics(self) -> dict[str, float | None]:
        """Each number by its metric's name."""
        return {
            "accuracy": self.confusion_matrix.accuracy,
            "precision": self.confusion_matrix.precision,
            "recall": self.confusion_matrix.recall,
            "f1": self.confusion_matrix.f1,
            "roc_auc": self.roc_auc,
            "log_loss": self.log_loss,
            "brier": self.brier,
            "calibration_error": self.calibration_error,
            "positive_share": self.positive_share,
            "mean_score": self.mean_score,
        }

    def as_dict(self) -> dict[str, Any]:
        """The metrics with rows, threshold and confusion matrix, ready for JSON."""
        return {
            "rows": self.rows,
            "threshold": self.threshold,
            **self.metrics(),
            "confusion_matrix": {
                "true_positive": self.confusion_matrix.true_positive,
                "false_positive": self.confusion_matrix.false_positive,
                "false_negative": self.confusion_matrix.false_negative,
                "true_negative": self.confusion_matrix.true_negative,
            },
        }


def score_binary(labels: ArrayLike, scores: ArrayLike, threshold: float = 0.5) -> BinaryScores:
    """Scores predictions, shape `(rows,)`: labels 0 or 1, scores the probability of 1.

    Raises DataError on other labels or scores.

    >>> score_binary([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1]).roc_auc
    0.75
    >>> score_binary([1, 1], [0.9, 0.4]).roc_auc is None
    True
    """
    data = scored(labels, scores)
    return BinaryScores(
        rows=data.rows,
        threshold=threshold,
        confusion_matrix=confusion_matrix(data, threshold),
        roc_auc=roc_auc(data),
        log_loss=log_loss(data),
        brier=brier(data),
        calibration=calibration(data),
        positive_share=data.positives / data.rows if data.rows else None,
        mean_score=float(data.scores.mean()) if data.rows else None,
    )


def judge_performance(
    scores: BinaryScores,
    baseline_scores: Mapping[str, Any],
    thresholds: Thresholds,
    rows: int,
    min_rows: int,
) -> list[Judgement]:
    """Judges `roc_auc_drop` (the baseline's ROC AUC less the window's) and `calibration_error`.

    `baseline_scores` are those of the version's `Baseline`, as `BinaryScores.as_dict` made them;
    `rows` are the labelled ones. Without a ROC AUC on either side the drop is
    `insufficient_data`.

    >>> good = score_binary([0, 1] * 500, [0.1, 0.9] * 500)
    >>> bad = score_binary([0, 1] * 500, [0.9, 0.1] * 500)
    >>> [j.verdict.value for j in judge_performance(bad, good.as_dict(), Thresholds(), 1000, 200)]
    ['critical', 'critical']
    """
    drop, noise = _roc_auc_drop(scores, baseline_scores)
    calibrated = scores.calibration.noise if scores.calibration else Noise(0.0, 0.0)
    judged = (
        ("roc_auc_drop", drop, beyond_noise(thresholds.roc_auc_drop, noise)),
        (
            "calibration_error",
            scores.calibration_error,
            beyond_noise(thresholds.calibration_error, calibrated),
        ),
    )
    return [
        judge(metric, value, limit, Direction.HIGHER_IS_WORSE, rows, min_rows)
        for metric, value, limit in judged
    ]


def _roc_auc_drop(
    scores: BinaryScores, baseline_scores: Mapping[str, Any]
) -> tuple[float | None, Noise]:
    before = baseline_scores.get("roc_auc")
    if before is None or scores.roc_auc is None:
        return None, Noise(0.0, 0.0)
    variance = _variance(before, baseline_scores.get("rows"), baseline_scores.get("positive_share"))
    variance += _variance(scores.roc_auc, scores.rows, scores.positive_share)
    drop = float(before) - scores.roc_auc
    return drop, Noise(0.0, FALSE_ALARM_DEVIATIONS * math.sqrt(variance))


def _variance(area: float, rows: int | None, positive_share: float | None) -> float:
    """The area's variance; 0 where the baseline does not say how many rows it is from."""
    if not rows or positive_share is None:
        return 0.0
    positives = min(max(round(rows * positive_share), 1), max(rows - 1, 1))
    return roc_auc_variance(area, positives, max(rows - positives, 1))
