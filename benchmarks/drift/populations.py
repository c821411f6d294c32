"""The populations that samples are drawn from, and the shifts that can be planted in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Draw: TypeAlias = Callable[[np.random.Generator, int], Floats]
"""So many rows of a population, at random."""


class Family(StrEnum):
    """What changes."""

    NONE = "none"
    MEAN = "mean"
    SCALE = "scale"
    SHAPE = "shape"
    MIX = "category mix"
    MISSING = "missingness"


@dataclass(frozen=True, eq=False)
class Numeric:
    """Numbers around `middle` with a typical deviation of `spread`, by which they are shifted.

    A shift of the mean moves them; one of the scale stretches them; one of the shape puts the
    rows, with a chance that is the strength, into two humps beside the middle, with mean and
    deviation as before. `missing` is the share of rows without a value.
    """

    name: str
    draw: Draw
    middle: float
    spread: float
    missing: float = 0.0
    families: tuple[Family, ...] = (Family.MEAN, Family.SCALE, Family.SHAPE)

    def sample(
        self, random: np.random.Generator, rows: int, family: Family, strength: float
    ) -> Floats:
        """The values of `rows` rows, missing ones apart."""
        values = self.draw(random, rows)
        if family is Family.MEAN:
            return np.asarray(values + strength * self.spread)
        if family is Family.SCALE:
            return np.asarray(self.middle + (values - self.middle) * np.exp(strength))
        if family is Family.SHAPE:
            humps = random.choice([-0.95, 0.95], rows) + 0.3 * random.standard_normal(rows)
            moved = self.middle + self.spread * humps
            return np.where(random.random(rows) < strength, moved, values)
        return values


@dataclass(frozen=True, eq=False)
class Counted(Numeric):
    """Poisson counts: many ties. Mean: more events; shape: as spread out as a geometric law."""

    rate: float = 3.0

    def sample(
        self, random: np.random.Generator, rows: int, family: Family, strength: float
    ) -> Floats:
        """See `Numeric.sample`."""
        if family is Family.MEAN:
            return random.poisson(self.rate * (1 + strength), rows).astype(np.float64)
        if family is Family.SHAPE and strength > 0:
            rates = random.gamma(1 / strength, strength * self.rate, rows)
            return random.poisson(rates).astype(np.float64)
        return self.draw(random, rows)


@dataclass(frozen=True, eq=False)
class ZeroInflated(Numeric):
    """Four zeros in five rows. Mean: fewer zeros; scale: what is no zero grows."""

    share: float = 0.2

    def sample(
        self, random: np.random.Generator, rows: int, family: Family, strength: float
    ) -> Floats:
        """See `Numeric.sample`."""
        share = self.share + (strength if family is Family.MEAN else 0.0)
        factor = np.exp(strength) if family is Family.SCALE else 1.0
        values = random.lognormal(size=rows) * factor
        return np.where(random.random(rows) < share, values, 0.0)


@dataclass(frozen=True, eq=False)
class Categorical:
    """Categories by their shares. A mix of strength s multiplies each share by e^s or e^-s."""

    name: str
    shares: Floats
    missing: float = 0.0
    families: tuple[Family, ...] = (Family.MIX,)

    def mixed(self, strength: float) -> Floats:
        """The shares after a shift; which of them grow is drawn once and for all."""
        grows = np.random.default_rng(len(self.shares)).permutation(len(self.shares)) % 2
        shares = self.shares * np.exp(strength * (2.0 * grows - 1))
        return np.asarray(shares / shares.sum())


Population: TypeAlias = Numeric | Categorical


def _zipf(categories: int, power: float) -> Floats:
    shares = np.arange(1, categories + 1) ** -power
    return np.asarray(shares / shares.sum())


def _normal(random: np.random.Generator, rows: int) -> Floats:
    return random.standard_normal(rows)


POPULATIONS: tuple[Population, ...] = (
    Numeric("normal", _normal, 0.0, 1.0),
    Numeric("lognormal", lambda random, rows: random.lognormal(size=rows), 1.0, 1.17),
    Counted(
        "counts (Poisson)",
        lambda random, n: random.poisson(3.0, n).astype(float),
        3.0,
        1.73,
        families=(Family.MEAN, Family.SHAPE),
    ),
    ZeroInflated(
        "zero-inflated",
        lambda random, rows: random.lognormal(size=rows),
        0.0,
        1.0,
        families=(Family.MEAN, Family.SCALE),
    ),
    Numeric("heavy tails (t, 2 degrees)", lambda random, n: random.standard_t(2, n), 0.0, 1.3),
    Numeric("normal, a fifth missing", _normal, 0.0, 1.0, missing=0.2),
    Categorical("5 categories", _zipf(5, 1.0)),
    Categorical("50 categories", _zipf(50, 1.0)),
    Categorical("1,000 categories", _zipf(1000, 0.5)),
)
