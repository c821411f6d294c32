"""Calibration of the class that was decided for."""

from __future__ import annotations

from tidewatch.core.quality.calibration import Calibration, calibration
from tidewatch.core.quality.classified import Classified
from tidewatch.core.quality.scored import Scored


def top_class_calibration(data: Classified) -> Calibration | None:
    """Expected calibration error of the decided class's probability against being right.

    See `calibration` for bins and noise. None without rows or probabilities.

    Source: Guo et al., On calibration of modern neural networks, 2017, with bins of equal mass.

    >>> from tidewatch.core.quality.classified import classified_by
    >>> found = top_class_calibration(classified_by([[0.25, 0.75]], [1], ["calm", "storm"]))
    >>> found.error
    0.25
    """
    if data.probabilities is None or not data.rows:
        return None
    confidence = data.probabilities.max(axis=1)
    return calibration(Scored(data.labels == data.decisions, confidence))
