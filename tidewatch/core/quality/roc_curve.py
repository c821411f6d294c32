"""The ROC curve, thin enough to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidewatch.core.quality.operating_points import (
    CURVE_POINTS,
    OperatingPoints,
    operating_points,
)
from tidewatch.core.quality.roc_auc import roc_area
from tidewatch.core.quality.scored import Floats, Scored


@dataclass(frozen=True, eq=False)
class RocCurve:
    """True-positive rate over false-positive rate, from (0, 0) to (1, 1), each in [0, 1].

    The first threshold is infinite: nothing reaches it. `area` is that of all points.
    """

    thresholds: Floats
    false_positive_rate: Floats
    true_positive_rate: Floats
    area: float


def roc_curve(data: Scored, limit: int = CURVE_POINTS) -> RocCurve | None:
    """The ROC curve in at most `limit` points. None where the rows are all of one class.

    Source: Fawcett, An introduction to ROC analysis, 2006.

    >>> from tidewatch.core.quality.scored import scored
    >>> curve = roc_curve(scored([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    >>> curve.true_positive_rate.tolist(), curve.area
    ([0.0, 0.5, 0.5, 1.0, 1.0], 0.75)
    """
    points = operating_points(data)
    area = roc_area(points)
    return None if area is None else _curve(points.thinned(limit - 1), area)


def _curve(points: OperatingPoints, area: float) -> RocCurve:
    return RocCurve(
        np.append(np.inf, points.thresholds),
        np.append(0.0, points.false_positives / points.false_positives[-1]),
        np.append(0.0, points.true_positives / points.true_positives[-1]),
        area,
    )
