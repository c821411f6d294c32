"""The rise of a share, and what chance alone makes of it."""

from __future__ import annotations

import math
from statistics import NormalDist

from tidewatch.core.thresholds import FALSE_ALARM
from tidewatch.core.verdict import NO_NOISE, Noise


def rise(
    reference_hits: int, reference_rows: int, hits: int, rows: int, minimum: int = 1
) -> float | None:
    """The share `hits / rows` less the reference's: in [-1, 1], above 0 where it rose.

    None where either sample has fewer than `minimum` rows.

    >>> rise(10, 100, 25, 100)
    0.15
    """
    if min(reference_rows, rows) < max(minimum, 1):
        return None
    return hits / rows - reference_hits / reference_rows


def rise_noise(
    reference_hits: int,
    reference_rows: int,
    hits: int,
    rows: int,
    false_alarm: float = FALSE_ALARM,
) -> Noise:
    """The rise that two samples of these sizes show when both come from one population.

    Its mean is 0; its ceiling is a quantile under the pooled share: the normal one of the
    two-proportion z-test, corrected for skewness, without which a rare hit (one row in twenty, of
    200) passes three times as often as it should. Raises ValueError where a sample is empty.

    Source: Cornish and Fisher, Moments and cumulants in the specification of distributions, 1938.

    >>> round(rise_noise(300, 1000, 60, 200).ceiling, 4)
    0.112
    """
    if min(reference_rows, rows) < 1:
        raise ValueError("the noise of an empty sample is not defined")
    share = (reference_hits + hits) / (reference_rows + rows)
    variance = share * (1 - share) * (1 / reference_rows + 1 / rows)
    if variance == 0:
        return NO_NOISE
    third = share * (1 - share) * (1 - 2 * share) * (1 / rows**2 - 1 / reference_rows**2)
    deviations = -NormalDist().inv_cdf(false_alarm)
    deviations += (deviations**2 - 1) / 6 * max(third / variance**1.5, 0.0)
    return Noise(0.0, deviations * math.sqrt(variance))
