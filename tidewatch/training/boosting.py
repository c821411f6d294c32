"""What LightGBM optimises for each task, and which of its metrics are kept under which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidewatch.core.config import ModelConfig
from tidewatch.core.task import Task


@dataclass(frozen=True)
class Boosting:
    """LightGBM's objective, and its metrics by our names; the first of them stops the boosting."""

    objective: str
    metrics: Mapping[str, str]
    parameters: Mapping[str, int] = field(default_factory=dict)


def boosting_of(model: ModelConfig) -> Boosting:
    """How `model` is boosted; its first metric is that of the task's `Objective`."""
    if model.task is Task.REGRESSION:
        return Boosting("regression", {"rmse": "validation_rmse", "l1": "validation_mae"})
    if model.task is Task.MULTICLASS_CLASSIFICATION:
        return Boosting(
            "multiclass",
            {"multi_logloss": "validation_log_loss", "multi_error": "validation_error_share"},
            {"num_class": len(model.classes)},
        )
    return Boosting(
        "binary", {"auc": "validation_roc_auc", "binary_logloss": "validation_log_loss"}
    )
