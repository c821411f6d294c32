"""Quality of a binary classifier against the truth, one metric a file."""

from tidewatch.core.quality.brier import brier
from tidewatch.core.quality.calibration import Calibration, calibration
from tidewatch.core.quality.confusion import ConfusionMatrix, confusion_matrix
from tidewatch.core.quality.log_loss import log_loss
from tidewatch.core.quality.roc_auc import roc_auc, roc_auc_variance

__all__ = [
    "Calibration",
    "ConfusionMatrix",
    "brier",
    "calibration",
    "confusion_matrix",
    "log_loss",
    "roc_auc",
    "roc_auc_variance",
]
