"""Jensen-Shannon distance."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from tidewatch.core.distances.counts import enough, paired_counts, relative_entropy


def jensen_shannon(reference: ArrayLike, current: ArrayLike, minimum: int = 1) -> float | None:
    """The square root of the Jensen-Shannon divergence in bits: a metric, in [0, 1].

    Counts have shape `(cells,)`. 0 means equal shares, 1 that no cell is shared; it needs no
    smoothing. None where either sample has fewer than `minimum` rows. Raises ValueError on counts
    that do not match.

    Source: Endres and Schindelin, A new metric for probability distributions, 2003.

    >>> jensen_shannon([10, 0], [0, 10])
    1.0
    """
    first, second = paired_counts(reference, current)
    if not enough(first, second, minimum):
        return None
    p = first / first.sum()
    q = second / second.sum()
    middle = (p + q) / 2
    nats = (relative_entropy(p, middle) + relative_entropy(q, middle)) / 2
    return math.sqrt(min(max(nats / math.log(2), 0.0), 1.0))
