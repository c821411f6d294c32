"""Population stability index, and what chance alone makes of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.distances.counts import (
    SMOOTHING,
    Floats,
    enough,
    paired_counts,
    smoothed_shares,
)
from tidewatch.core.distances.laws import chi_square_quantile
from tidewatch.core.distances.resampled_noise import resampled_noise
from tidewatch.core.thresholds import FALSE_ALARM
from tidewatch.core.verdict import NO_NOISE, Noise

SPARSE = 20
"""Rows a cell should expect of the smaller sample; with fewer PSI is no chi-square variable."""

NEGLIGIBLE = 2e-3
"""Noise of PSI that no limit feels: sparse cells that together expect less need no second look."""


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


def psi_noise(reference: ArrayLike, current: ArrayLike, false_alarm: float = FALSE_ALARM) -> Noise:
    """The PSI that two samples of these sizes show when both come from one population.

    To second order PSI is (1/n + 1/m) times a chi-square variable with cells - 1 degrees of
    freedom, the cells that both samples leave empty not counted. So `expected` is
    (cells - 1)(1/n + 1/m), and `ceiling` that chi-square's quantile at `1 - false_alarm`. Cells
    that expect fewer than `SPARSE` rows break this: an empty one counts with its smoothing. Where
    they weigh, samples are drawn again instead (`resampled_noise`). Either way rows are taken as
    independent. Both numbers are 0 for a single cell. Raises ValueError where a sample is empty.

    Source: Yurdakul and Naranjo, Statistical properties of the population stability index,
    Journal of Risk Model Validation 14(4), 2020.

    >>> noise = psi_noise([10_000] * 10, [200] * 10)
    >>> round(noise.expected, 4), round(noise.ceiling, 4)
    (0.0046, 0.0142)
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, 1):
        raise ValueError("the noise of an empty sample is not defined")
    freedom = int(np.count_nonzero(first + second)) - 1
    if freedom < 1:
        return NO_NOISE
    scale = 1 / float(first.sum()) + 1 / float(second.sum())
    if _sparse_cells(first, second) * scale >= NEGLIGIBLE:
        return resampled_noise(_psis, first, second, false_alarm)
    return Noise(freedom * scale, float(chi_square_quantile(freedom, false_alarm)) * scale)


def _sparse_cells(first: Floats, second: Floats) -> int:
    """How many cells expect few rows of the smaller sample, by the shares of both together."""
    rows = min(first.sum(), second.sum())
    expected = (first + second) * (rows / (first.sum() + second.sum()))
    return int(np.count_nonzero((expected > 0) & (expected < SPARSE)))


def _psis(first: Floats, second: Floats) -> Floats:
    """`psi` of many pairs of samples, each a row of counts."""
    p, q = (counts / counts.sum(axis=1, keepdims=True) for counts in (first, second))
    p[p == 0] = SMOOTHING
    q[q == 0] = SMOOTHING
    values: Floats = np.sum((q - p) * np.log(q / p), axis=1)
    return values
