"""Quality of predictions against the truth, one metric a file.

Binary metrics take `Scored`, multiclass ones `Classified`, those of a regression `Predicted`. A
metric that the rows cannot give is None, never 0.
"""

from tidewatch.core.quality.average_precision import average_precision
from tidewatch.core.quality.brier import brier
from tidewatch.core.quality.calibration import Calibration, calibration
from tidewatch.core.quality.class_brier import class_brier
from tidewatch.core.quality.class_confusion import ClassConfusion, ClassQuality, class_confusion
from tidewatch.core.quality.class_log_loss import class_log_loss
from tidewatch.core.quality.classified import Classified, classified, classified_by
from tidewatch.core.quality.confusion import ConfusionMatrix, confusion_matrix
from tidewatch.core.quality.error_quantiles import error_quantiles
from tidewatch.core.quality.log_loss import log_loss
from tidewatch.core.quality.mean_absolute_error import mean_absolute_error
from tidewatch.core.quality.mean_absolute_percentage_error import mean_absolute_percentage_error
from tidewatch.core.quality.mean_error import mean_error
from tidewatch.core.quality.one_vs_rest_auc import one_vs_rest_auc
from tidewatch.core.quality.precision_recall_curve import (
    PrecisionRecallCurve,
    precision_recall_curve,
)
from tidewatch.core.quality.predicted import Predicted, predicted
from tidewatch.core.quality.r_squared import r_squared
from tidewatch.core.quality.roc_auc import roc_auc, roc_auc_variance
from tidewatch.core.quality.roc_curve import RocCurve, roc_curve
from tidewatch.core.quality.root_mean_squared_error import root_mean_squared_error
from tidewatch.core.quality.scored import Scored, scored
from tidewatch.core.quality.top_class_calibration import top_class_calibration

__all__ = [
    "Calibration",
    "ClassConfusion",
    "ClassQuality",
    "Classified",
    "ConfusionMatrix",
    "PrecisionRecallCurve",
    "Predicted",
    "RocCurve",
    "Scored",
    "average_precision",
    "brier",
    "calibration",
    "class_brier",
    "class_confusion",
    "class_log_loss",
    "classified",
    "classified_by",
    "confusion_matrix",
    "error_quantiles",
    "log_loss",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_error",
    "one_vs_rest_auc",
    "precision_recall_curve",
    "predicted",
    "r_squared",
    "roc_auc",
    "roc_auc_variance",
    "roc_curve",
    "root_mean_squared_error",
    "scored",
    "top_class_calibration",
]
