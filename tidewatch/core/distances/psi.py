"""Population stability index, and what chance alone makes of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri

from tidewatch.core.distances.counts import SMOOTHING, enough, paired_counts, smoothed_shares
from tidewatch.core.verdict import FALSE_ALARM, Noise


def psi(
    reference: ArrayLike, current: ArrayLike, smoothing: float = SMOOTHING, minimum: int = 1
) -> float | None:
    """Population stability index in nats: the sum of (q - p) ln(q / p) over the cells.

    p and q are the cells' shares of the reference and of the current sample, counts of shape
    `(cells,)`; an empty cell's share is `smoothing`. Range [0, inf), symmetric. None where either
    sample has fewer than `minimum` rows. Raises ValueError on counts that do not match.

    Source: Siddiqi, Credit Risk Scorecards (2006): by custom 0.1 is a shift, 0.25 a large one.

    >>> round(psi([50, 50], [60, 40]), 6)
    0.040547
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, minimum):
        return None
    p = smoothed_shares(first, smoothing)
    q = smoothed_shares(second, smoothing)
    return float(np.sum((q - p) * np.log(q / p)))


def psi_noise(reference: ArrayLike, current: ArrayLike) -> Noise:
    """The PSI that two samples of these sizes show when both come from one population.

    To second order PSI is (1/n + 1/m) times a chi-square variable with cells - 1 degrees of
    freedom, the cells that both samples leave empty not counted. So `expected` is
    (cells - 1)(1/n + 1/m), and `ceiling` that chi-square's quantile at `1 - FALSE_ALARM`. It
    takes the rows as independent, and wants about five rows a cell. Both are 0 for a single cell.
    Raises ValueError where a sample is empty.

    Source: Yurdakul and Naranjo, Statistical properties of the population stability index,
    Journal of Risk Model Validation 14(4), 2020.

    >>> noise = psi_noise([1000] * 10, [20] * 10)
    >>> round(noise.expected, 4), round(noise.ceiling, 4)
    (0.0459, 0.1422)
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, 1):
        raise ValueError("the noise of an empty sample is not defined")
    freedom = int(np.count_nonzero(first + second)) - 1
    if freedom < 1:
        return Noise(0.0, 0.0)
    scale = 1 / first.sum() + 1 / second.sum()
    return Noise(float(freedom * scale), float(chdtri(freedom, FALSE_ALARM) * scale))
