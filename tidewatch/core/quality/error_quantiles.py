"""Quantiles of a regression's errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidewatch.core.quality.predicted import Predicted

ERROR_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


def error_quantiles(
    data: Predicted, shares: Sequence[float] = ERROR_SHARES
) -> dict[float, float] | None:
    """The quantiles of prediction less truth at `shares`, in the label's unit.

    Between two rows the quantile is interpolated linearly, as NumPy does by default. None without
    rows, or where an error is beyond a float's range.

    Source: Hyndman and Fan, Sample quantiles in statistical packages, 1996, type 7.

    >>> from tidewatch.core.quality.predicted import predicted
    >>> error_quantiles(predicted([0, 0, 0], [1, 2, 9]), [0.5, 1])
    {0.5: 2.0, 1: 9.0}
    """
    if not data.rows or not np.isfinite(data.errors).all():
        return None
    return dict(zip(shares, np.quantile(data.errors, shares).tolist(), strict=True))
