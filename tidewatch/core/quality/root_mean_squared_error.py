"""Root mean squared error."""

from __future__ import annotations

import math

import numpy as np

from tidewatch.core.quality.predicted import Predicted
from tidewatch.core.quality.scored import Floats


def root_mean_squared_error(data: Predicted) -> float | None:
    """The root of the mean squared error, in the label's unit: [0, inf), lower is better.

    None without rows.

    >>> from tidewatch.core.quality.predicted import predicted
    >>> round(root_mean_squared_error(predicted([3, 5], [2, 8])), 6)
    2.236068
    """
    return root_mean_square(data.errors)


def root_mean_square(values: Floats) -> float | None:
    """The root of the mean of the squares; None without values, or where one is infinite.

    >>> import numpy as np
    >>> root_mean_square(np.array([3e200, 4e200])) == 12.5**0.5 * 1e200
    True
    """
    largest = float(np.abs(values).max(initial=0.0))
    if not len(values) or math.isinf(largest):
        return None
    # Squares of huge and tiny numbers leave a float's range; scaled by a power of two they do not.
    scale = math.ldexp(1.0, math.frexp(largest)[1] - 1)
    return float(np.sqrt(np.square(values / scale).mean())) * scale
