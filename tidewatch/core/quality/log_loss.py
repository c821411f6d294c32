"""Logarithmic loss."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.scored import Scored

_EPSILON = float(np.finfo(np.float64).eps)


def log_loss(data: Scored) -> float | None:
    """The mean of -ln(probability given to what happened), in nats: [0, inf), lower is better.

    Scores are kept one float epsilon away from 0 and 1, as scikit-learn does. None without rows.

    >>> from tidewatch.core.quality.scored import scored
    >>> round(log_loss(scored([1, 0], [0.8, 0.4])), 6)
    0.366985
    """
    if not data.rows:
        return None
    given = np.where(data.labels, data.scores, 1 - data.scores)
    return float(-np.log(np.clip(given, _EPSILON, 1 - _EPSILON)).mean())
