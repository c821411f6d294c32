"""What a model predicts."""

from enum import StrEnum


class Task(StrEnum):
    """The kind of truth that a model predicts, and so what its score and its labels are.

    In the prediction log both are one number. Binary classification: the probability of 1, and
    0 or 1. Multiclass: the place of the decided and of the true class among the model's classes.
    Regression: the predicted and the true value.
    """

    BINARY_CLASSIFICATION = "binary_classification"
    MULTICLASS_CLASSIFICATION = "multiclass_classification"
    REGRESSION = "regression"
