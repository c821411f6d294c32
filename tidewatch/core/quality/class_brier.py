"""Brier score over several classes."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.classified import Classified


def class_brier(data: Classified) -> float | None:
    """The mean squared distance of a row's probabilities and its truth: in [0, 2], lower is better.

    Brier's own definition, summed over the classes; that of two classes is twice `brier`. None
    without rows or probabilities.

    Source: Brier, Verification of forecasts expressed as probabilities, 1950.

    >>> from tidewatch.core.quality.classified import classified_by
    >>> round(class_brier(classified_by([[0.2, 0.8]], [1], ["calm", "storm"])), 6)
    0.08
    """
    if data.probabilities is None or not data.rows:
        return None
    truth = np.eye(len(data.classes))[data.labels]
    return float(np.square(data.probabilities - truth).sum(axis=1).mean())
