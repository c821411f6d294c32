"""Error of a regression, expected from its predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from tidewatch.core.estimate.bins import cuts_of, places
from tidewatch.core.estimate.dispersion import dispersion
from tidewatch.core.estimate.estimate import Estimate, Estimated, Floats

_UNBOUNDED = float("inf")


@dataclass(frozen=True, eq=False)
class RegressionEstimator:
    """An error model: how far predictions of each size lay from the truth in validation.

    Over bins of predictions of equal mass (`cuts`, see `bins`), `moments` holds, in rows, the means
    of |error|, error^2 and error^4, in units of the label, its square and its fourth power; `rows`
    counts. As an error grows with the prediction in most things that are counted or priced, the
    estimate follows a shift towards cases that are harder to predict. It does not see features.

    Source: the idea is NannyML's direct loss estimation; the model here is a table.
    """

    headline: ClassVar[str] = "mae"
    kind: ClassVar[str] = "regression"

    cuts: Floats
    moments: Floats
    rows: Floats
    dispersion: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, labels: Floats, scores: Floats) -> RegressionEstimator:
        """Learns from validation rows in order of event time; needs at least one row."""
        cuts = cuts_of(scores)
        place = places(scores, cuts)
        rows = np.bincount(place, minlength=len(cuts) + 1).astype(np.float64)
        error = np.abs(labels - scores)
        sums = [np.bincount(place, error**power, len(rows)) for power in (1, 2, 4)]
        bare = cls(cuts, np.array(sums) / np.maximum(rows, 1), rows)
        return cls(cuts, bare.moments, rows, dispersion(bare, labels, scores))

    def estimate(self, scores: Floats) -> Estimate:
        """See `Estimator`."""
        if not len(scores):
            return Estimate(0, {"mae": None, "rmse": None})
        counts = np.bincount(places(scores, self.cuts), minlength=len(self.rows)).astype(np.float64)
        absolute, square, fourth = self.moments
        mae, variance = self._mean(counts, absolute, square)
        mse, spread = self._mean(counts, square, fourth)
        rmse = float(np.sqrt(mse))
        return Estimate(
            len(scores),
            {
                "mae": self._estimated("mae", mae, variance),
                # The root's derivative is 1 / (2 root).
                "rmse": self._estimated("rmse", rmse, spread / (4 * mse) if mse else 0.0),
            },
        )

    def _mean(self, counts: Floats, first: Floats, second: Floats) -> tuple[float, float]:
        """The mean over the window of a quantity with these moments by bin, and its variance."""
        total = counts.sum()
        shares = counts / total
        variances = np.maximum(second - first**2, 0)
        of_rows = float((shares * variances).sum()) / total
        of_bins = float((shares**2 * variances / np.maximum(self.rows, 1)).sum())
        return float((shares * first).sum()), of_rows + of_bins

    def _estimated(self, name: str, value: float, variance: float) -> Estimated:
        factor = self.dispersion.get(name, 1.0)
        return Estimated(value, float(np.sqrt(factor * variance)), _UNBOUNDED)

    def realised(self, labels: Floats, scores: Floats) -> Mapping[str, float | None]:
        """See `Estimator`."""
        if not len(scores):
            return {"mae": None, "rmse": None}
        error = labels - scores
        return {
            "mae": float(np.abs(error).mean()),
            "rmse": float(np.sqrt(np.square(error).mean())),
        }

    def to_document(self) -> dict[str, Any]:
        """See `Estimator`."""
        return {"kind": self.kind} | vars(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> RegressionEstimator:
        """The inverse of `to_document`. Raises KeyError, TypeError or ValueError on other data."""
        cuts, moments, rows = (
            np.array(document[name], dtype=np.float64) for name in ("cuts", "moments", "rows")
        )
        if rows.ndim != 1 or moments.shape != (3, len(rows)) or cuts.shape != (len(rows) - 1,):
            raise ValueError("expected three moments and a count a bin, and a cut between bins")
        factors = {str(name): float(value) for name, value in document["dispersion"].items()}
        return cls(cuts, moments, rows, factors)
