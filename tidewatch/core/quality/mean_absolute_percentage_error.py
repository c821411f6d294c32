"""Mean absolute percentage error, as a share."""

from __future__ import annotations

import numpy as np

from tidewatch.core.quality.predicted import Predicted, mean_of


def mean_absolute_percentage_error(data: Predicted) -> float | None:
    """The mean of |prediction - truth| / |truth| as a share (0.1 is ten percent): [0, inf).

    The zero rule: a row whose truth is 0 has no percentage and is left out. scikit-learn divides
    it by 2.2e-16 instead, so that one such row is the whole metric. None where every truth is 0,
    or where a share is beyond a float's range.

    Source: Hyndman and Koehler, Another look at measures of forecast accuracy, 2006.

    >>> from tidewatch.core.quality.predicted import predicted
    >>> mean_absolute_percentage_error(predicted([4, 10, 0], [5, 10, 7]))
    0.125
    """
    known = data.truth != 0
    with np.errstate(over="ignore"):
        return mean_of(np.abs(data.errors[known] / data.truth[known]))
