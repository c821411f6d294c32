"""Isotonic regression: the rising sequence nearest to a sequence of shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.estimate.estimate import Floats


def pool(means: Floats, weights: Floats) -> NDArray[np.intp]:
    """The block of each element, from 0: neighbours share a block where their means do not rise.

    Each block's weighted mean is above that of the block before: the least-squares fit of a
    sequence that never falls. Linear in the number of elements.

    Source: Ayer, Brunk, Ewing, Reid and Silverman, 1955: pool adjacent violators.

    >>> pool(np.array([0.1, 0.4, 0.2, 0.9]), np.ones(4)).tolist()
    [0, 1, 1, 2]
    """
    blocks: list[tuple[float, float, int]] = []
    for mean, weight in zip(means.tolist(), weights.tolist(), strict=True):
        block = (mean, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            block = _joined(blocks.pop(), block)
        blocks.append(block)
    sizes = [size for _, _, size in blocks]
    return np.repeat(np.arange(len(blocks)), sizes)


def _joined(
    one: tuple[float, float, int], other: tuple[float, float, int]
) -> tuple[float, float, int]:
    weight = one[1] + other[1]
    mean = (one[0] * one[1] + other[0] * other[1]) / weight
    return mean, weight, one[2] + other[2]
