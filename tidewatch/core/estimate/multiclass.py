"""Accuracy of a multiclass classifier, expected from its decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from tidewatch.core.estimate.dispersion import dispersion
from tidewatch.core.estimate.estimate import Estimate, Estimated, Floats


@dataclass(frozen=True, eq=False)
class MulticlassEstimator:
    """The share of right decisions, by the class that was decided for.

    The prediction log keeps the decision and not its probability, so the decided class is the
    confidence: `right[k]` of the validation rows decided as class k were right, of `rows[k]`. The
    estimate follows a shift in what is decided, and is blind to decisions becoming less sure.
    """

    headline: ClassVar[str] = "accuracy"
    kind: ClassVar[str] = "multiclass_classification"

    right: Floats
    rows: Floats
    dispersion: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, labels: Floats, scores: Floats) -> MulticlassEstimator:
        """Learns from validation rows in order of event time: places of classes, shape `(rows,)`.

        A class that was never decided is taken to be right as often as all decisions together.
        """
        place = scores.astype(np.intp)
        classes = int(max(labels.max(initial=0), scores.max(initial=0))) + 1
        rows = np.bincount(place, minlength=classes).astype(np.float64)
        right = np.bincount(place, labels == scores, classes)
        share = np.where(rows > 0, right / np.maximum(rows, 1), (labels == scores).mean())
        bare = cls(share, np.maximum(rows, 1))
        return cls(bare.right, bare.rows, dispersion(bare, labels, scores))

    def estimate(self, scores: Floats) -> Estimate:
        """See `Estimator`."""
        if not len(scores):
            return Estimate(0, {"accuracy": None})
        place = np.minimum(scores.astype(np.intp), len(self.right) - 1)
        counts = np.bincount(place, minlength=len(self.right))
        shares = counts / len(scores)
        smoothed = (self.right * self.rows + 0.5) / (self.rows + 1)
        of_labels = float((shares * self.right * (1 - self.right)).sum()) / len(scores)
        of_rates = float((np.square(shares) * smoothed * (1 - smoothed) / self.rows).sum())
        factor = self.dispersion.get("accuracy", 1.0)
        deviation = float(np.sqrt(factor * (of_labels + of_rates)))
        value = float((shares * self.right).sum())
        return Estimate(len(scores), {"accuracy": Estimated(value, deviation)})

    def realised(self, labels: Floats, scores: Floats) -> Mapping[str, float | None]:
        """See `Estimator`."""
        return {"accuracy": float((labels == scores).mean()) if len(scores) else None}

    def to_document(self) -> dict[str, Any]:
        """See `Estimator`."""
        return {"kind": self.kind} | vars(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> MulticlassEstimator:
        """The inverse of `to_document`. Raises KeyError, TypeError or ValueError on other data."""
        right = np.array(document["right"], dtype=np.float64)
        rows = np.array(document["rows"], dtype=np.float64)
        if right.ndim != 1 or not right.size or right.shape != rows.shape or (rows <= 0).any():
            raise ValueError("expected one share and one count a class")
        factors = {str(name): float(value) for name, value in document["dispersion"].items()}
        return cls(right, rows, factors)
