"""Mean absolute error."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.predicted import Predicted, mean_of


def mean_absolute_error(data: Predicted) -> float | None:
    """The mean distance of prediction and truth, in the label's unit: [0, inf), lower is better.

    None without rows.

    >>> from tidewatch.core.quality.predicted import predicted
    >>> mean_absolute_error(predicted([3, 5], [2, 8]))
    2.0
    """
    return mean_of(np.abs(data.errors))
