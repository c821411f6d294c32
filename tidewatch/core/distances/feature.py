"""Every statistic of one feature: its current profile against its reference profile."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.distances.chi_square import chi_square
from tidewatch.core.distances.hellinger import hellinger
from tidewatch.core.distances.jensen_shannon import jensen_shannon
from tidewatch.core.distances.kolmogorov_smirnov import kolmogorov_smirnov
from tidewatch.core.distances.kullback_leibler import kullback_leibler
from tidewatch.core.distances.psi import psi, psi_noise
from tidewatch.core.distances.rise import rise, rise_noise
from tidewatch.core.distances.total_variation import total_variation
from tidewatch.core.distances.wasserstein import BinnedSample, wasserstein
from tidewatch.core.profile.categorical import CategoricalProfile
from tidewatch.core.profile.numeric import NumericProfile
from tidewatch.core.profile.summary import FeatureProfile
from tidewatch.core.thresholds import FALSE_ALARM
from tidewatch.core.verdict import Noise

Counts: TypeAlias = NDArray[np.int64]

MIN_COUNT = 10
"""Rows of the reference that a categorical cell must hold; rarer categories share one."""

MIN_EXPECTED = 1
"""Rows of the current sample that it should expect."""


@dataclass(frozen=True)
class Statistics:
    """What is known of one feature's drift; None where a statistic does not apply.

    Distances are None where either sample has no usable value. `psi`, `js`, `kl`, `hellinger` and
    `total_variation` compare cells (deciles of the reference, or categories); `ks` and
    `wasserstein` fine bins, of numeric features only; `chi_square` categories only. A share is of
    the rows seen, but `outlier_share` and `unseen_share` are of those that hold a value. A rise is
    over the reference's share. The unbinned samples' KS lies in
    `[ks, ks_upper]`. `psi_noise` is the PSI that chance alone is expected to show.
    """

    psi: float | None = None
    psi_noise: float | None = None
    js: float | None = None
    kl: float | None = None
    hellinger: float | None = None
    total_variation: float | None = None
    ks: float | None = None
    ks_upper: float | None = None
    ks_p_value: float | None = None
    chi_square: float | None = None
    chi_square_p_value: float | None = None
    wasserstein: float | None = None
    wasserstein_normalised: float | None = None
    missing_share: float | None = None
    missing_rise: float | None = None
    outlier_share: float | None = None
    outlier_rise: float | None = None
    unseen_share: float | None = None

    def as_dict(self) -> dict[str, float | None]:
        """Each statistic by its name."""
        return asdict(self)


STATISTICS = tuple(item.name for item in fields(Statistics))
"""The names of all statistics, in their order."""


@dataclass(frozen=True)
class Comparison:
    """A feature's statistics, and the noise of those that verdicts are made from."""

    statistics: Statistics
    noise: dict[str, Noise]


@dataclass(frozen=True)
class _Chance:
    """The chance that noise passes its ceiling, and the noise found so far."""

    false_alarm: float
    noise: dict[str, Noise] = field(default_factory=dict)


def compare_feature(
    reference: FeatureProfile, current: FeatureProfile, false_alarm: float = FALSE_ALARM
) -> Comparison:
    """Compares two profiles of one feature, which must count over the same bins.

    Noise alone passes each of its ceilings with the chance `false_alarm`.
    """
    chance = _Chance(false_alarm)
    statistics = _missing(reference, current, chance)
    if isinstance(reference, NumericProfile) and isinstance(current, NumericProfile):
        cells = reference.cells(), current.cells()
        statistics |= _distributions(reference, current) | _outliers(reference, current, chance)
    elif isinstance(reference, CategoricalProfile) and isinstance(current, CategoricalProfile):
        cells = category_cells(reference, current)
        statistics |= _categories(reference, current, cells)
    else:
        raise TypeError(f"cannot compare {reference.kind} with {current.kind}")
    statistics |= _cells(cells, chance)
    return Comparison(Statistics(**statistics), chance.noise)


def category_cells(
    reference: CategoricalProfile, current: CategoricalProfile
) -> tuple[Counts, Counts]:
    """Both samples' counts over the reference's frequent categories, and one cell for the rest.

    Frequent is what the reference has `MIN_COUNT` rows of and the current sample expects
    `MIN_EXPECTED` of, by the reference's shares. The rest holds the rare and the unseen: a new
    category that takes rows shows there. Cochran's rule would ask for five rows on either side.
    On the reference's it is twice that, because a category is picked by the very counts that are
    then compared; on the other side fewer will do, for their noise is known (`psi_noise`), and
    so 1,000 categories can be told apart in windows of 2,000 rows.
    """
    ratio = current.n / reference.n if reference.n else 0.0
    frequent = (reference.counts >= MIN_COUNT) & (reference.counts * ratio >= MIN_EXPECTED)
    return _pooled(reference, frequent), _pooled(current, frequent)


def _pooled(profile: CategoricalProfile, frequent: NDArray[np.bool_]) -> Counts:
    counts = profile.counts[frequent]
    return np.append(counts, profile.n - counts.sum())


Values: TypeAlias = dict[str, float | None]


def _missing(reference: FeatureProfile, current: FeatureProfile, chance: _Chance) -> Values:
    hits = (reference.missing, reference.rows, current.missing, current.rows)
    values: Values = {
        "missing_share": current.missing / current.rows if current.rows else None,
        "missing_rise": rise(*hits),
    }
    if values["missing_rise"] is not None:
        chance.noise["missing_rise"] = rise_noise(*hits, chance.false_alarm)
    return values


def _cells(cells: tuple[Counts, Counts], chance: _Chance) -> Values:
    value = psi(*cells)
    if value is None:
        return {}
    chance.noise["psi"] = noise = psi_noise(*cells, chance.false_alarm)
    return {
        "psi": value,
        "psi_noise": noise.expected,
        "js": jensen_shannon(*cells),
        "kl": kullback_leibler(*cells),
        "hellinger": hellinger(*cells),
        "total_variation": total_variation(*cells),
    }


def _distributions(reference: NumericProfile, current: NumericProfile) -> Values:
    ks = kolmogorov_smirnov(reference.counts, current.counts, reference.edges.atoms)
    earth = wasserstein(
        reference.edges.offsets,
        BinnedSample(reference.counts, reference.sums),
        BinnedSample(current.counts, current.sums),
        reference.std or 0.0,
    )
    return {
        "ks": ks.statistic if ks else None,
        "ks_upper": ks.upper if ks else None,
        "ks_p_value": ks.p_value if ks else None,
        "wasserstein": earth.distance if earth else None,
        "wasserstein_normalised": earth.normalised if earth else None,
    }


def _outliers(reference: NumericProfile, current: NumericProfile, chance: _Chance) -> Values:
    before, now = reference.outliers, current.outliers
    if before is None or now is None:
        return {}
    hits = (before, reference.rows - reference.missing, now, current.rows - current.missing)
    value = rise(*hits)
    if value is None:
        return {}
    chance.noise["outlier_rise"] = rise_noise(*hits, chance.false_alarm)
    return {"outlier_share": now / hits[3], "outlier_rise": value}


def _categories(
    reference: CategoricalProfile, current: CategoricalProfile, cells: tuple[Counts, Counts]
) -> Values:
    test = chi_square(*cells)
    knows_all = reference.other == 0 and reference.n > 0
    return {
        "chi_square": test.statistic if test else None,
        "chi_square_p_value": test.p_value if test else None,
        "unseen_share": current.other / current.n if current.n and knows_all else None,
    }
