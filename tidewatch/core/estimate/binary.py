"""Performance of a binary classifier, expected from its scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.estimate.calibrator import Calibrator, Hold, fit_calibrator
from tidewatch.core.estimate.dispersion import dispersion
from tidewatch.core.estimate.estimate import Estimate, Estimated, Floats
from tidewatch.core.estimate.expected_auc import expected_auc
from tidewatch.core.quality import confusion_matrix, roc_auc
from tidewatch.core.quality.scored import scored

Expected = tuple[float, Floats] | None
"""A metric's expected value and its derivative by each row's probability, or None."""


@dataclass(frozen=True, eq=False)
class BinaryEstimator:
    """Confidence-based performance estimation (CBPE).

    Each row's calibrated probability p says with what chance it is a positive; so the expected
    confusion matrix is a sum over rows, and every metric of it follows. For a metric m with
    derivative h_i by row i's probability, the variance of (realised - estimated) is, to first
    order, dispersion x (sum of h_i^2 p_i (1 - p_i) + what the calibrator's knots add).

    Source: Garg, Balakrishnan, Lipton and others, Leveraging unlabeled data to predict
    out-of-distribution performance, 2022; the method's name is NannyML's. The variance is the
    delta method's.
    """

    headline: ClassVar[str] = "roc_auc"
    kind: ClassVar[str] = "binary_classification"

    calibrator: Calibrator
    threshold: float
    dispersion: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, labels: Floats, scores: Floats, threshold: float) -> BinaryEstimator:
        """Learns from validation rows in order of event time. Raises DataError on other labels."""
        data = scored(labels, scores)
        bare = cls(fit_calibrator(data.scores, data.labels), threshold)
        return cls(bare.calibrator, threshold, dispersion(bare, labels, scores))

    def estimate(self, scores: Floats) -> Estimate:
        """See `Estimator`."""
        chances = self.calibrator(scores)
        decided = scores >= self.threshold
        found = {name: metric(chances, decided) for name, metric in _METRICS.items()}
        found["roc_auc"] = expected_auc(scores, chances)
        hold = self.calibrator.hold(scores)
        return Estimate(
            len(scores),
            {name: self._estimated(name, item, hold, chances) for name, item in found.items()},
        )

    def _estimated(
        self, name: str, expected: Expected, hold: Hold, chances: Floats
    ) -> Estimated | None:
        if expected is None:
            return None
        value, influence = expected
        variance = float((np.square(influence) * chances * (1 - chances)).sum())
        variance += self.calibrator.variance(hold, influence)
        return Estimated(value, float(np.sqrt(self.dispersion.get(name, 1.0) * variance)))

    def realised(self, labels: Floats, scores: Floats) -> Mapping[str, float | None]:
        """See `Estimator`."""
        data = scored(labels, scores)
        matrix = confusion_matrix(data, self.threshold)
        return {
            "accuracy": matrix.accuracy,
            "precision": matrix.precision,
            "recall": matrix.recall,
            "f1": matrix.f1,
            "positive_share": data.positives / data.rows if data.rows else None,
            "roc_auc": roc_auc(data),
        }

    def to_document(self) -> dict[str, Any]:
        """See `Estimator`."""
        return {
            "kind": self.kind,
            "threshold": self.threshold,
            "calibrator": self.calibrator.to_document(),
            "dispersion": dict(self.dispersion),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> BinaryEstimator:
        """The inverse of `to_document`. Raises KeyError, TypeError or ValueError on other data."""
        return cls(
            Calibrator.from_document(document["calibrator"]),
            float(document["threshold"]),
            {str(name): float(value) for name, value in document["dispersion"].items()},
        )


def _accuracy(chances: Floats, decided: NDArray[np.bool_]) -> Expected:
    if not len(chances):
        return None
    right = np.where(decided, chances, 1 - chances)
    return float(right.mean()), np.where(decided, 1.0, -1.0) / len(chances)


def _precision(chances: Floats, decided: NDArray[np.bool_]) -> Expected:
    count = np.count_nonzero(decided)
    return (float(chances[decided].sum() / count), decided / count) if count else None


def _recall(chances: Floats, decided: NDArray[np.bool_]) -> Expected:
    positives, found = float(chances.sum()), float(chances[decided].sum())
    if not positives:
        return None
    return found / positives, (decided.astype(np.float64) * positives - found) / positives**2


def _f1(chances: Floats, decided: NDArray[np.bool_]) -> Expected:
    found = float(chances[decided].sum())
    whole = float(chances.sum()) + float(np.count_nonzero(decided))
    if not whole:
        return None
    return 2 * found / whole, 2 * (decided.astype(np.float64) * whole - found) / whole**2


def _positive_share(chances: Floats, _decided: NDArray[np.bool_]) -> Expected:
    rows = len(chances)
    return (float(chances.mean()), np.full(rows, 1 / rows)) if rows else None


_METRICS: Mapping[str, Callable[[Floats, NDArray[np.bool_]], Expected]] = {
    "accuracy": _accuracy,
    "precision": _precision,
    "recall": _recall,
    "f1": _f1,
    "positive_share": _positive_share,
}
