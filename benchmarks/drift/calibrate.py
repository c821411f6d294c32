"""How strong a shift must be to have a wanted population PSI."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.drift.populations import POPULATIONS, Categorical, Family, Floats, Numeric
from tidewatch.core.distances import psi

_SAMPLE = 200_000
_STEPS = 16
_STRONGEST = {Family.MEAN: 4.0, Family.SCALE: 4.0, Family.SHAPE: 1.0, Family.MIX: 6.0}


@cache
def strength(population: str, family: Family, target: float) -> float | None:
    """The strength whose true PSI is `target`; None where no strength has that much.

    Of a categorical feature it is the PSI of the shares themselves. Of a numeric one it is that
    of the cells between the population's deciles, values that hold more than a tenth apart: found
    on a sample of 200,000 rows that is drawn alike before and after, so that its own noise
    cancels.
    """
    [found] = [item for item in POPULATIONS if item.name == population]
    low, high = 0.0, _STRONGEST[family]
    if _true_psi(found, family, high) < target:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _true_psi(found, family, middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _true_psi(population: Numeric | Categorical, family: Family, at: float) -> float:
    if isinstance(population, Categorical):
        before, now = population.shares, population.mixed(at)
        return float(np.sum((now - before) * np.log(now / before)))
    edges, counts = _cells(population)
    now = population.sample(np.random.default_rng(1), _SAMPLE, family, at)
    return psi(counts, _counts(edges, now)) or 0.0


@cache
def _cells(population: Numeric) -> tuple[Floats, NDArray[np.int64]]:
    """The cells of the population as it was, and its counts over them."""
    before = population.sample(np.random.default_rng(1), _SAMPLE, Family.NONE, 0.0)
    edges = _edges(np.sort(before))
    return edges, _counts(edges, before)


def _counts(edges: Floats, values: Floats) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)


def _edges(ordered: Floats) -> Floats:
    """Deciles as right-closed edges; a value that two of them share is a cell of its own."""
    deciles, times = np.unique(ordered[len(ordered) * np.arange(1, 10) // 10], return_counts=True)
    heavy = deciles[(times > 1) | (deciles == ordered[0])]
    return np.unique(np.concatenate([deciles, np.nextafter(heavy, -np.inf)]))
