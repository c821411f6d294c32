"""Mean error: the bias of a regression."""

from __future__ import annotations

from tidewatch.core.quality.predicted import Predicted, mean_of


def mean_error(data: Predicted) -> float | None:
    """The mean of prediction less truth, in the label's unit; 0 is best, above 0 says too much.

    None without rows.

    >>> from tidewatch.core.quality.predicted import predicted
    >>> mean_error(predicted([3, 5], [2, 8]))
    1.0
    """
    return mean_of(data.errors)
