"""What tuning optimises, by task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tidewatch.core.task import Task


@dataclass(frozen=True)
class Objective:
    """The metric on the validation set by which trials are compared and versions are shown."""

    metric: str
    goal: Literal["Maximize", "Minimize"]
    """As SageMaker's tuning API says it."""

    @property
    def logged_name(self) -> str:
        """What the training job prints before the value, and tuning looks for."""
        return f"validation:{self.metric}"

    @property
    def pattern(self) -> str:
        """The regular expression that finds the value in the training job's log."""
        return f"{self.logged_name}=([0-9.e+-]+)"

    def line(self, value: float) -> str:
        """The line of the log.

        >>> objective_of(Task.REGRESSION).line(41.25)
        'validation:rmse=41.25'
        """
        return f"{self.logged_name}={value:.9g}"


_OBJECTIVES = {
    Task.BINARY_CLASSIFICATION: Objective("roc_auc", "Maximize"),
    Task.MULTICLASS_CLASSIFICATION: Objective("log_loss", "Minimize"),
    Task.REGRESSION: Objective("rmse", "Minimize"),
}


def objective_of(task: Task) -> Objective:
    """The objective of `task`.

    >>> objective_of(Task.BINARY_CLASSIFICATION).pattern
    'validation:roc_auc=([0-9.e+-]+)'
    """
    return _OBJECTIVES[task]
