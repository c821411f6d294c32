"""Scores of a binary classifier: judged are the fall of its ROC AUC and its calibration error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from numpy.typing import ArrayLike

from tidewatch.core.performance.scores import Change
from tidewatch.core.quality import (
    Calibration,
    ConfusionMatrix,
    Scored,
    brier,
    calibration,
    confusion_matrix,
    log_loss,
    precision_recall_curve,
    roc_auc_variance,
    roc_curve,
    scored,
)
from tidewatch.core.quality.average_precision import precision_area
from tidewatch.core.quality.operating_points import OperatingPoints, operating_points
from tidewatch.core.quality.roc_auc import roc_area
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import FALSE_ALARM_DEVIATIONS, Noise, beyond_noise


@dataclass(frozen=True, eq=False)
class BinaryScores:
    """Every quality metric of a binary classifier; see `Scores`.

    `threshold` is where a score becomes a decision.
    """

    data: Scored
    threshold: float

    @property
    def rows(self) -> int:
        """How many labelled predictions were scored."""
        return self.data.rows

    @cached_property
    def confusion_matrix(self) -> ConfusionMatrix:
        """Decisions by truth."""
        return confusion_matrix(self.data, self.threshold)

    @cached_property
    def roc_auc(self) -> float | None:
        """Area under the ROC curve; None without both classes."""
        return roc_area(self._points)

    @cached_property
    def calibration(self) -> Calibration | None:
        """Calibration error and its noise."""
        return calibration(self.data)

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error over ten bins of equal mass."""
        return self.calibration.error if self.calibration else None

    @cached_property
    def average_precision(self) -> float | None:
        """Area under the precision-recall curve; None without positive labels."""
        return precision_area(self._points)

    @property
    def log_loss(self) -> float | None:
        """Logarithmic loss, in nats."""
        return log_loss(self.data)

    @property
    def brier(self) -> float | None:
        """Brier score."""
        return brier(self.data)

    @property
    def mean_score(self) -> float | None:
        """The mean probability that was given to 1."""
        return float(self.data.scores.mean()) if self.rows else None

    @property
    def positive_share(self) -> float | None:
        """The share of labels that are 1."""
        return self.data.positives / self.rows if self.rows else None

    @cached_property
    def _points(self) -> OperatingPoints:
        """Sorted once for both areas: nothing here takes longer."""
        return operating_points(self.data)

    def metrics(self) -> dict[str, float | None]:
        """Each number by its metric's name."""
        return {
            "accuracy": self.confusion_matrix.accuracy,
            "precision": self.confusion_matrix.precision,
            "recall": self.confusion_matrix.recall,
            "f1": self.confusion_matrix.f1,
            "roc_auc": self.roc_auc,
            "average_precision": self.average_precision,
            "log_loss": self.log_loss,
            "brier": self.brier,
            "calibration_error": self.calibration_error,
            "positive_share": self.positive_share,
            "mean_score": self.mean_score,
        }

    def counts(self) -> dict[str, int]:
        """The cells of the confusion matrix."""
        return asdict(self.confusion_matrix)

    def by_class(self) -> dict[str, dict[str, float | None]]:
        """None: the metrics are those of the positive class."""
        return {}

    def curves(self) -> dict[str, dict[str, Any]]:
        """ROC and precision-recall curve, where the rows give one."""
        roc, pr = roc_curve(self.data), precision_recall_curve(self.data)
        found: dict[str, dict[str, Any]] = {}
        if roc:
            found["roc"] = {
                "false_positive_rate": roc.false_positive_rate.tolist(),
                "true_positive_rate": roc.true_positive_rate.tolist(),
                "thresholds": [None, *roc.thresholds[1:].tolist()],  # JSON has no infinity
                "area": roc.area,
            }
        if pr:
            found["precision_recall"] = {
                "recall": pr.recall.tolist(),
                "precision": pr.precision.tolist(),
                "thresholds": pr.thresholds.tolist(),
                "area": pr.area,
            }
        return found

    def as_dict(self) -> dict[str, Any]:
        """The metrics with rows, threshold and confusion matrix, ready for JSON."""
        return {
            "rows": self.rows,
            "threshold": self.threshold,
            **self.metrics(),
            "confusion_matrix": self.counts(),
        }

    def changes(self, baseline_scores: Mapping[str, Any], thresholds: Thresholds) -> list[Change]:
        """`roc_auc_drop`, the baseline's ROC AUC less this one, and `calibration_error`.

        A few hundred labels measure ROC AUC to a few hundredths, and find some calibration error
        in a perfect model: both limits know that noise.
        """
        drop, noise = self._roc_auc_drop(baseline_scores)
        calibrated = self.calibration.noise if self.calibration else Noise(0.0, 0.0)
        return [
            Change("roc_auc_drop", drop, beyond_noise(thresholds.roc_auc_drop, noise)),
            Change(
                "calibration_error",
                self.calibration_error,
                beyond_noise(thresholds.calibration_error, calibrated),
            ),
        ]

    def _roc_auc_drop(self, baseline_scores: Mapping[str, Any]) -> tuple[float | None, Noise]:
        before = baseline_scores.get("roc_auc")
        if before is None or self.roc_auc is None:
            return None, Noise(0.0, 0.0)
        rows, share = baseline_scores.get("rows"), baseline_scores.get("positive_share")
        variance = _variance(before, rows, share)
        variance += _variance(self.roc_auc, self.rows, self.positive_share)
        drop = float(before) - self.roc_auc
        return drop, Noise(0.0, FALSE_ALARM_DEVIATIONS * math.sqrt(variance))


def score_binary(labels: ArrayLike, scores: ArrayLike, threshold: float = 0.5) -> BinaryScores:
    """Scores predictions, shape `(rows,)`: labels 0 or 1, scores the probability of 1.

    Raises DataError on other labels or scores.

    >>> score_binary([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1]).roc_auc
    0.75
    >>> score_binary([1, 1], [0.9, 0.4]).roc_auc is None
    True
    """
    return BinaryScores(scored(labels, scores), threshold)


def _variance(area: float, rows: int | None, positive_share: float | None) -> float:
    """The area's variance; 0 where the baseline does not say how many rows it is from."""
    if not rows or positive_share is None:
        return 0.0
    positives = min(max(round(rows * positive_share), 1), max(rows - 1, 1))
    return roc_auc_variance(area, positives, max(rows - positives, 1))
