"""The precision-recall curve, thin enough to draw."""

from __future__ import annotations

from dataclasses import dataclass

from tidewatch.core.quality.average_precision import precision_area
from tidewatch.core.quality.operating_points import CURVE_POINTS, operating_points
from tidewatch.core.quality.scored import Floats, Scored


@dataclass(frozen=True, eq=False)
class PrecisionRecallCurve:
    """Precision and recall at falling thresholds, each in [0, 1].

    There is no point at recall 0: without a positive decision there is no precision. `area` is
    the average precision of all points.
    """

    thresholds: Floats
    precision: Floats
    recall: Floats
    area: float


def precision_recall_curve(data: Scored, limit: int = CURVE_POINTS) -> PrecisionRecallCurve | None:
    """The curve in at most `limit` points. None where no label is positive.

    Source: Davis and Goadrich, The relationship between precision-recall and ROC curves, 2006.

    >>> from tidewatch.core.quality.scored import scored
    >>> curve = precision_recall_curve(scored([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    >>> curve.precision.tolist()[:2], curve.recall.tolist()
    ([1.0, 0.5], [0.5, 0.5, 1.0, 1.0])
    """
    points = operating_points(data)
    area = precision_area(points)
    if area is None:
        return None
    kept = points.thinned(limit)
    decided = kept.true_positives + kept.false_positives
    recall = kept.true_positives / kept.true_positives[-1]
    return PrecisionRecallCurve(kept.thresholds, kept.true_positives / decided, recall, area)
