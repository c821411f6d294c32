"""Logarithmic loss over several classes."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.classified import Classified

_EPSILON = float(np.finfo(np.float64).eps)


def class_log_loss(data: Classified) -> float | None:
    """The mean of -ln(probability given to the true class), in nats: [0, inf), lower is better.

    Probabilities are kept one float epsilon away from 0 and 1, as scikit-learn does. None without
    rows or probabilities.

    >>> from tidewatch.core.quality.classified import classified_by
    >>> round(class_log_loss(classified_by([[0.2, 0.8]], [1], ["calm", "storm"])), 6)
    0.223144
    """
    if data.probabilities is None or not data.rows:
        return None
    given = data.probabilities[np.arange(data.rows), data.labels]
    return float(-np.log(np.clip(given, _EPSILON, 1 - _EPSILON)).mean())
