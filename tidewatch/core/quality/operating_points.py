"""Every threshold that tells predictions apart, and what deciding there would find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.quality.scored import Scored

Counts = NDArray[np.int64]

CURVE_POINTS = 200
"""As many points as a curve keeps; its area is computed on all of them."""


@dataclass(frozen=True, eq=False)
class OperatingPoints:
    """Counts at each distinct score, the highest first; each of shape `(distinct scores,)`.

    `true_positives` and `false_positives` count the rows that score at least the threshold. The
    last point has found every row. Equal scores are one point: no order of the rows can matter.
    """

    thresholds: NDArray[np.float64]
    true_positives: Counts
    false_positives: Counts

    def thinned(self, limit: int) -> OperatingPoints:
        """At most `limit` of the points, the first and the last among them.

        Even in the two classes' shares together, so that a rare class keeps its half of them.
        """
        if len(self.thresholds) <= limit:
            return self
        shares = _shares(self.true_positives) + _shares(self.false_positives)
        wanted = np.linspace(shares[0], shares[-1], limit)
        kept = np.unique(np.searchsorted(shares, wanted).clip(max=len(shares) - 1))
        return OperatingPoints(
            self.thresholds[kept], self.true_positives[kept], self.false_positives[kept]
        )


def operating_points(data: Scored) -> OperatingPoints:
    """The operating points of `data`; none without rows.

    >>> from tidewatch.core.quality.scored import scored
    >>> points = operating_points(scored([1, 0, 1, 0], [0.9, 0.7, 0.7, 0.1]))
    >>> points.thresholds.tolist(), points.true_positives.tolist()
    ([0.9, 0.7, 0.1], [1, 2, 2])
    """
    order = np.argsort(data.scores)[::-1]
    scores = data.scores[order]
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True)[: data.rows])
    found = np.cumsum(data.labels[order], dtype=np.int64)[last]
    return OperatingPoints(scores[last], found, last + 1 - found)


def _shares(counts: Counts) -> NDArray[np.float64]:
    return counts / max(int(counts[-1]), 1)
