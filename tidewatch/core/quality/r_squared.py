"""R squared: the coefficient of determination."""

from __future__ import annotations

from tidewatch.core.quality.predicted import Predicted, mean_of
from tidewatch.core.quality.root_mean_squared_error import root_mean_square

_LARGEST = 1e150


def r_squared(data: Predicted) -> float | None:
    """The share of the truth's variance that the predictions explain: (-inf, 1].

    0 is as good as the mean of the truth, below 0 worse. None where the truth does not vary, as
    in fewer than two rows: there is nothing to explain; nor where it is beyond a float's range.

    Source: Draper and Smith, Applied Regression Analysis, 1998, 1.3.

    >>> from tidewatch.core.quality.predicted import predicted
    >>> round(r_squared(predicted([1, 2, 3], [1, 2, 2])), 6), r_squared(predicted([1], [1]))
    (0.5, None)
    """
    center, error = mean_of(data.truth), root_mean_square(data.errors)
    spread = None if center is None else root_mean_square(data.truth - center)
    if error is None or not spread or data.truth.min() == data.truth.max():
        return None
    unexplained = error / spread
    return 1 - unexplained * unexplained if unexplained < _LARGEST else None
