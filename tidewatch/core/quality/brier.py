"""Brier score."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.scored import Scored


def brier(data: Scored) -> float | None:
    """The mean squared distance of score and label: in [0, 1], lower is better.

    None without rows. Source: Brier, Verification of forecasts expressed as probabilities, 1950.

    >>> from tidewatch.core.quality.scored import scored
    >>> round(brier(scored([1, 0], [0.8, 0.4])), 6)
    0.1
    """
    return float(np.square(data.scores - data.labels).mean()) if data.rows else None
