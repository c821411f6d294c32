"""How far the estimate of performance lay from what labels then said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.estimate import read_estimator
from tidewatch.core.profile import Baseline


def estimate_error(
    baseline: Baseline, labels: NDArray[np.float64], scores: NDArray[np.float64]
) -> dict[str, float | None]:
    """`estimated_<headline>` of the labelled rows, and `estimate_error`: realised less estimated.

    Both sides on the same rows, so that the difference is the estimator's own and not that of the
    rows whose labels came first. Empty where the baseline has no estimator.
    """
    if baseline.estimator is None:
        return {}
    estimator = read_estimator(baseline.estimator)
    expected = estimator.estimate(scores).values()[estimator.headline]
    realised = estimator.realised(labels, scores)[estimator.headline]
    error = None if expected is None or realised is None else realised - expected
    return {f"estimated_{estimator.headline}": expected, "estimate_error": error}
