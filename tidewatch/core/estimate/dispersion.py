"""How much more estimates err than independent rows would make them."""

from __future__ import annotations

import numpy as np

from tidewatch.core.estimate.estimate import Estimator, Floats

BLOCKS = 20
LEAST_BLOCKS = 5
LEAST_ROWS = 100


def dispersion(estimator: Estimator, labels: Floats, scores: Floats) -> dict[str, float]:
    """By metric, the factor at or above 1 on the variance of an estimate.

    Rows come in clumps (all flights of a stormy day are late together), so a window's realised
    value wanders further from its estimate than the binomial says. Over consecutive blocks of the
    validation rows, which must be in order of event time, the factor is the mean square of
    (realised - estimated) / deviation. Few rows teach nothing: 1.

    Source: McCullagh and Nelder, Generalized Linear Models, 1989, section 4.5 (overdispersion);
    for sampling, Kish's design effect.
    """
    count = min(BLOCKS, len(scores) // LEAST_ROWS)
    if count < LEAST_BLOCKS:
        return {}
    squares: dict[str, list[float]] = {}
    for rows in np.array_split(np.arange(len(scores)), count):
        realised = estimator.realised(labels[rows], scores[rows])
        for name, item in estimator.estimate(scores[rows]).metrics.items():
            value = realised[name]
            if item is not None and value is not None and item.deviation > 0:
                squares.setdefault(name, []).append(((value - item.value) / item.deviation) ** 2)
    return {
        name: max(1.0, float(np.mean(found)))
        for name, found in squares.items()
        if len(found) >= LEAST_BLOCKS
    }
