"""Average precision: the area under the precision-recall curve."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.operating_points import OperatingPoints, operating_points
from tidewatch.core.quality.scored import Scored


def average_precision(data: Scored) -> float | None:
    """Precision at each operating point, weighted by the recall that the point adds.

    PR AUC as scikit-learn defines it: `sum((R[n] - R[n-1]) * P[n])` without interpolation, which
    would promise points that no threshold reaches. In (0, 1]; a guess scores the share of
    positives. None where no label is positive.

    Source: Manning, Raghavan and Schuetze, Introduction to Information Retrieval, 2008, 8.4.

    >>> from tidewatch.core.quality.scored import scored
    >>> round(average_precision(scored([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])), 6)
    0.833333
    """
    return precision_area(operating_points(data))


def precision_area(points: OperatingPoints) -> float | None:
    """Average precision of all operating points of a sample; see `average_precision`."""
    if not (len(points.thresholds) and points.true_positives[-1]):
        return None
    precision = points.true_positives / (points.true_positives + points.false_positives)
    gained = np.diff(points.true_positives, prepend=0)
    return float(np.dot(gained, precision)) / int(points.true_positives[-1])
