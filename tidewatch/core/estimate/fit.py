"""An estimator for a model's task."""

from __future__ import annotations

from tidewatch.core.estimate.binary import BinaryEstimator
from tidewatch.core.estimate.estimate import Estimator, Floats
from tidewatch.core.estimate.multiclass import MulticlassEstimator
from tidewatch.core.estimate.regression import RegressionEstimator
from tidewatch.core.task import Task

DECISION = 0.5
"""From which score on a binary classifier decides for 1."""


def fit_estimator(
    task: Task, labels: Floats, scores: Floats, threshold: float = DECISION
) -> Estimator | None:
    """What validation rows, shape `(rows,)` and in order of event time, teach; None without rows.

    Labels and scores are numbers as `Task` says. Raises DataError on others.
    """
    if not len(labels):
        return None
    if task is Task.REGRESSION:
        return RegressionEstimator.fit(labels, scores)
    if task is Task.MULTICLASS_CLASSIFICATION:
        return MulticlassEstimator.fit(labels, scores)
    return BinaryEstimator.fit(labels, scores, threshold)
