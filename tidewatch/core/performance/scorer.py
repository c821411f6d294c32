"""One scorer for every task."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.performance.binary import score_binary
from tidewatch.core.performance.multiclass import score_class_probabilities, score_multiclass
from tidewatch.core.performance.regression import score_regression
from tidewatch.core.performance.scores import Scores
from tidewatch.core.quality.scored import Floats
from tidewatch.core.task import Task


@dataclass(frozen=True)
class Scorer:
    """Scores predictions of `task`. `classes` are those of multiclass classification.

    `threshold` is where a binary score becomes a decision.
    """

    task: Task
    classes: tuple[str, ...] = ()
    threshold: float = 0.5

    def of_answers(self, labels: ArrayLike, answers: ArrayLike) -> Scores:
        """Scores what a prediction log holds: one number a row, as `Task` says.

        Raises DataError on labels or answers that the task cannot have.

        >>> Scorer(Task.REGRESSION).of_answers([3, 5], [2, 8]).metrics()["mae"]
        2.0
        """
        if self.task is Task.REGRESSION:
            return score_regression(labels, answers)
        if self.task is Task.MULTICLASS_CLASSIFICATION:
            return score_multiclass(labels, answers, self.classes)
        return score_binary(labels, answers, self.threshold)

    def scores_of(self, labels: ArrayLike, outputs: ArrayLike) -> tuple[Scores, Floats]:
        """Scores what a model computes, and says what a prediction log would hold of it.

        Of several classes, `outputs` are probabilities, shape `(rows, classes)`.

        >>> scorer = Scorer(Task.MULTICLASS_CLASSIFICATION, ("calm", "storm"))
        >>> scores, answers = scorer.scores_of([1], [[0.2, 0.8]])
        >>> scores.metrics()["accuracy"], answers.tolist()
        (1.0, [1.0])
        """
        if self.task is Task.MULTICLASS_CLASSIFICATION:
            scores = score_class_probabilities(labels, outputs, self.classes)
            return scores, scores.data.decisions.astype(np.float64)
        return self.of_answers(labels, outputs), np.asarray(outputs, dtype=np.float64)
