"""Performance: how well a version predicted, and whether that is worse than its baseline.

One scorer a task, all alike to those who score, show and judge (`Scores`). Limits are moved by the
noise of the sample, as drift's are (`verdict.beyond_noise`).
"""

from tidewatch.core.performance.binary import BinaryScores, score_binary
from tidewatch.core.performance.multiclass import (
    MulticlassScores,
    score_class_probabilities,
    score_multiclass,
)
from tidewatch.core.performance.regression import RegressionScores, score_regression
from tidewatch.core.performance.scorer import Scorer
from tidewatch.core.performance.scores import Change, Scores, judge_performance

__all__ = [
    "BinaryScores",
    "Change",
    "MulticlassScores",
    "RegressionScores",
    "Scorer",
    "Scores",
    "judge_performance",
    "score_binary",
    "score_class_probabilities",
    "score_multiclass",
    "score_regression",
]
