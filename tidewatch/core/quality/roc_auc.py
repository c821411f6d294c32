"""Area under the ROC curve, and how sure it is."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.operating_points import OperatingPoints, operating_points
from tidewatch.core.quality.scored import Scored


def roc_auc(data: Scored) -> float | None:
    """The chance that a random positive scores above a random negative, ties counting half.

    In [0, 1]; 0.5 is a guess. None where the rows are all of one class: there is no pair.

    Source: Hanley and McNeil, The meaning and use of the area under a ROC curve, 1982.

    >>> from tidewatch.core.quality.scored import scored
    >>> roc_auc(scored([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    0.75
    """
    return roc_area(operating_points(data))


def roc_area(points: OperatingPoints) -> float | None:
    """ROC AUC of all operating points of a sample; see `roc_auc`."""
    if not (len(points.thresholds) and points.true_positives[-1] and points.false_positives[-1]):
        return None
    positives, negatives = int(points.true_positives[-1]), int(points.false_positives[-1])
    heights = points.true_positives / positives
    mean_heights = (heights + np.append(0.0, heights[:-1])) / 2
    widths = np.diff(points.false_positives, prepend=0)
    # Rounding may pass 1 by its last digit.
    return min(float(np.dot(widths, mean_heights)) / negatives, 1.0)


def roc_auc_variance(area: float, positives: float, negatives: float) -> float:
    """The variance of an area measured on so many rows of each class.

    Raises ValueError where a class has less than one row.

    Source: Hanley and McNeil, 1982, equation 2, with exponential scores.

    >>> round(roc_auc_variance(0.7, 50, 150) ** 0.5, 3)
    0.045
    """
    if min(positives, negatives) < 1:
        raise ValueError(f"expected rows of both classes, found {positives} and {negatives}")
    two_positives = area / (2 - area)
    two_negatives = 2 * area**2 / (1 + area)
    return (
        area * (1 - area)
        + (positives - 1) * (two_positives - area**2)
        + (negatives - 1) * (two_negatives - area**2)
    ) / (positives * negatives)
