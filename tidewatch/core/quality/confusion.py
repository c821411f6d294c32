"""The confusion matrix, and the metrics that are ratios of its cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidewatch.core.quality.ratio import ratio
from tidewatch.core.quality.scored import Scored


@dataclass(frozen=True)
class ConfusionMatrix:
    """Counts of predictions by truth and decision. A ratio without a denominator is None."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def accuracy(self) -> float | None:
        """The share of decisions that were right."""
        right = self.true_positive + self.true_negative
        return ratio(right, right + self.false_positive + self.false_negative)

    @property
    def precision(self) -> float | None:
        """The share of positive decisions that were right; None where none was made."""
        return ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float | None:
        """The share of positive labels that were found; None where there was none."""
        return ratio(self.true_positive, self.true_positive + self.false_negative)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where nothing is positive."""
        wrong = self.false_positive + self.false_negative
        return ratio(2 * self.true_positive, 2 * self.true_positive + wrong)


def confusion_matrix(data: Scored, threshold: float = 0.5) -> ConfusionMatrix:
    """Decides for 1 where the score reaches `threshold`, and counts.

    >>> from tidewatch.core.quality.scored import scored
    >>> confusion_matrix(scored([1, 1, 0, 0], [0.9, 0.2, 0.6, 0.1])).accuracy
    0.5
    """
    decided = data.scores >= threshold
    return ConfusionMatrix(
        true_positive=int(np.count_nonzero(decided & data.labels)),
        false_positive=int(np.count_nonzero(decided & ~data.labels)),
        false_negative=int(np.count_nonzero(~decided & data.labels)),
        true_negative=int(np.count_nonzero(~decided & ~data.labels)),
    )
