"""What chance alone makes of a distance, by drawing samples of the same sizes again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from tidewatch.core.distances.counts import Floats
from tidewatch.core.distances.laws import chi_square_quantile
from tidewatch.core.thresholds import FALSE_ALARM
from tidewatch.core.verdict import Noise

RowDistance: TypeAlias = Callable[[Floats, Floats], Floats]
"""A distance of many pairs at once: counts of shape `(pairs, cells)` in, `(pairs,)` out."""

MOST_DRAWS = 4000
FEWEST_DRAWS = 64
_BUDGET = 200_000
"""Cells drawn in all: some hundredths of a second."""
_PASSED = 4
"""Draws that should lie above a quantile read off the draws themselves."""
_SEED = 20_210_901
"""One and the same, so that the same counts have the same noise whenever they are judged."""


def resampled_noise(
    distance: RowDistance, reference: Floats, current: Floats, false_alarm: float = FALSE_ALARM
) -> Noise:
    """The noise of `distance` between two samples of these sizes from one population.

    Counts have shape `(cells,)`. The population is taken to have the shares of both samples
    together, and pairs of samples are drawn from it: a multinomial draw of the counts is a
    bootstrap of the rows, because the distance knows a row by its cell only. `expected` is the
    mean of the distances; `ceiling` lies just above the draw that `false_alarm` of the draws reach,
    or, where there are too few draws for that, is `distance_noise`'s. The draws are seeded: same
    counts, same noise. Raises ValueError where a sample is empty.

    Source: Efron, Bootstrap methods: another look at the jackknife, 1979.

    >>> def apart(a, b):
    ...     return np.abs(a[:, 0] / a.sum(axis=1) - b[:, 0] / b.sum(axis=1))
    >>> round(resampled_noise(apart, np.array([500.0, 500.0]), np.array([50.0, 50.0])).expected, 2)
    0.04
    """
    n, m = int(reference.sum()), int(current.sum())
    if min(n, m) < 1:
        raise ValueError("the noise of an empty sample is not defined")
    draws = int(np.clip(_BUDGET // len(reference), FEWEST_DRAWS, MOST_DRAWS))
    random = np.random.default_rng(_SEED)
    shares = (reference + current) / (n + m)
    pairs = [random.multinomial(size, shares, draws).astype(np.float64) for size in (n, m)]
    found = np.sort(distance(*pairs))
    passed = int(false_alarm * (draws + 1))
    if passed < _PASSED:
        return distance_noise(found.tolist(), false_alarm)
    return Noise(float(found.mean()), float(found[-passed]) * (1 + 1e-9))


def distance_noise(values: Sequence[float], false_alarm: float = FALSE_ALARM) -> Noise:
    """The noise of a squared distance, PSI, that was `values` for windows without drift.

    Of independent rows PSI is a scaled chi-square variable (`psi_noise`); of rows in clumps a
    weighted sum of such. Satterthwaite's approximation takes for that the scaled chi-square
    variable of the same mean and variance. `expected` is the mean, `ceiling` its quantile at
    `1 - false_alarm`. The maximum would not do: the next window passes that of a dozen once in
    thirteen times. The quantile is itself estimated; of a dozen windows, one in a hundred passes
    it rather than one in a thousand.

    Source: Satterthwaite, An approximate distribution of estimates of variance components, 1946.

    >>> noise = distance_noise([0.2, 0.4, 0.6, 0.8])
    >>> round(noise.expected, 2), round(noise.ceiling, 2)
    (0.5, 1.68)
    """
    mean, variance = float(np.mean(values)), float(np.var(values, ddof=1))
    if variance == 0:
        return Noise(mean, mean)
    freedom, scale = 2 * mean**2 / variance, variance / (2 * mean)
    return Noise(mean, float(chi_square_quantile(freedom, false_alarm) * scale))
