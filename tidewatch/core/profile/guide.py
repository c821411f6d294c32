"""A guide to a feature's bins: where to start looking, from a value's place on a straight line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.profile.edges import Floats

CELLS = 4096
LARGEST = 30_000
"""Edges that a guide can point at: its entries have 16 bits, so that they stay in the cache."""

_TRIMMED = 0.01


@dataclass(frozen=True, eq=False)
class Guide:
    """For a value x, cell `(x - low) * scale`, cut to the guide's range, names the first edge.

    `starts[cell] >> 1` is a position in `edges`, at or one before that of the bin of every x in
    the cell; where the lowest bit is set it may lie any number before. `edges` are the feature's
    with +inf at the end, so that every search ends.
    """

    edges: Floats
    starts: NDArray[np.uint16]
    low: float
    scale: float


def guide_of(fine: Floats) -> Guide:
    """The guide to bins with the edges `fine`, at most `LARGEST`.

    It spans all but the outermost edges, which may lie far apart: the bulk of the values then has
    one edge a cell or none.
    """
    edges = np.append(fine, np.inf)
    trimmed = int(len(fine) * _TRIMMED)
    low, high = fine[[trimmed, -1 - trimmed]] if len(fine) else (0.0, 0.0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        scale = np.float64(CELLS) / (high - low)
        # A little early: rounding may put a value into the cell above its own.
        borders = low + (np.arange(CELLS + 1) - 1e-6) / scale
    if not (np.isfinite(scale) and np.isfinite(borders).all()):
        return Guide(edges, np.ones(1, dtype=np.uint16), 0.0, 0.0)
    starts = np.searchsorted(fine, borders, side="left")
    starts[0] = 0  # everything below the guide is in its first cell, and all above in its last
    ends = np.append(np.searchsorted(fine, borders[1:] + 2e-6 / scale, side="left"), len(fine))
    several = ends - starts > 1
    return Guide(edges, (2 * starts + several).astype(np.uint16), float(low), float(scale))
