"""How often chance passes the warning limit: noise by formula against noise by drawing again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import chdtri

from tidewatch.core.distances import psi, psi_noise
from tidewatch.core.thresholds import FALSE_ALARM, Thresholds
from tidewatch.core.verdict import Noise, beyond_noise

SHAPES: dict[str, list[float]] = {
    "ten cells alike": [0.1] * 10,
    "one cell of 2 %": [0.98, 0.02],
    "one cell of 1 %": [0.99, 0.01],
    "ten cells, one of 1 %": [0.11] * 9 + [0.01],
    "ten cells, three of 1 %": [0.97 / 7] * 7 + [0.01] * 3,
}
SIZES = ((200, 200), (50_000, 200), (50_000, 2_000))


class Pairs(NamedTuple):
    """So many pairs of samples of one population, without drift."""

    shape: str
    reference: int
    rows: int
    pairs: int
    seed: int


class Alarms(NamedTuple):
    """How many of the pairs pass the warning limit, by the noise that moved it."""

    shape: str
    reference: int
    rows: int
    pairs: int
    formula: int
    engine: int


def alarms(of: Pairs) -> Alarms:
    """Draws the pairs and judges them."""
    shares = np.array(SHAPES[of.shape])
    random = np.random.default_rng([of.reference, of.rows, len(shares), of.seed])
    limit, counted = Thresholds().psi, {"formula": 0, "engine": 0}
    for _ in range(of.pairs):
        before, now = random.multinomial(of.reference, shares), random.multinomial(of.rows, shares)
        value = psi(before, now) or 0.0
        for name, noise in (("formula", _formula), ("engine", psi_noise)):
            # A value under the configured limit is none however much noise there is.
            if value >= limit.warning:
                counted[name] += int(value >= beyond_noise(limit, noise(before, now)).warning)
    return Alarms(*of[:4], formula=counted["formula"], engine=counted["engine"])


def _formula(before: np.ndarray, now: np.ndarray) -> Noise:
    """The chi-square approximation, wherever it is used."""
    freedom = int(np.count_nonzero(before + now)) - 1
    scale = 1 / before.sum() + 1 / now.sum()
    return Noise(freedom * scale, float(chdtri(freedom, FALSE_ALARM)) * scale)
