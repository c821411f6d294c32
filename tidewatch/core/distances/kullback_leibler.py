"""Kullback-Leibler divergence."""

from __future__ import annotations

from numpy.typing import ArrayLike

from tidewatch.core.distances.counts import (
    SMOOTHING,
    enough,
    paired_counts,
    relative_entropy,
    smoothed_shares,
)


def kullback_leibler(
    reference: ArrayLike, current: ArrayLike, smoothing: float = SMOOTHING, minimum: int = 1
) -> float | None:
    """The divergence of the current sample from the reference, KL(current || reference), in nats.

    Counts have shape `(cells,)`; an empty cell's share is `smoothing`, after which each side is
    scaled to 1 again so that the result is never negative. Range [0, inf), not symmetric. None
    where either sample has fewer than `minimum` rows. Raises ValueError on counts that do not
    match.

    Source: Kullback and Leibler, On information and sufficiency, 1951.

    >>> round(kullback_leibler([50, 50], [60, 40]), 6)
    0.020136
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, minimum):
        return None
    p = smoothed_shares(first, smoothing)
    q = smoothed_shares(second, smoothing)
    return max(relative_entropy(q / q.sum(), p / p.sum()), 0.0)
