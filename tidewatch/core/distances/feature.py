"""Every statistic of one feature: its current profile against its reference profile."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.distances.chi_square import chi_square
from tidewatch.core.distances.jensen_shannon import jensen_shannon
from tidewatch.core.distances.kolmogorov_smirnov import kolmogorov_smirnov
from tidewatch.core.distances.kullback_leibler import kullback_leibler
from tidewatch.core.distances.psi import psi, psi_noise
from tidewatch.core.distances.rise import rise, rise_noise
from tidewatch.core.distances.wasserstein import BinnedSample, wasserstein
from tidewatch.core.profile.categorical import CategoricalProfile
from tidewatch.core.profile.numeric import NumericProfile
from tidewatch.core.profile.summary import FeatureProfile
from tidewatch.core.verdict import Noise

Counts: TypeAlias = NDArray[np.int64]

MIN_EXPECTED = 10
"""Rows that both samples should expect in a categorical cell; rarer categories share one."""


@dataclass(frozen=True)
class Statistics:
    """What is known of one feature's drift; None where a statistic does not apply.

    Distances are None where either sample has no usable value. `psi`, `js` and `kl` compare cells
    (deciles of the reference, or categories); `ks` and `wasserstein` fine bins, of numeric
    features only; `chi_square` categories only. A share is of the rows seen, but
    `outlier_share` and `unseen_share` are of those that hold a value. A rise is over the
    reference's share. `psi_noise` is the PSI that chance alone is expected to show.
    """

    psi: float | None = None
    psi_noise: float | None = None
    js: float | None = None
    kl: float | None = None
    ks: float | None = None
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


STATISTICS = tuple(field.name for field in fields(Statistics))
"""The names of all statistics, in their order."""


@dataclass(frozen=True)
class Comparison:
    """A feature's statistics, and the noise of those that verdicts are made from."""

    statistics: Statistics
    noise: dict[str, Noise]


def compare_feature(reference: FeatureProfile, current: FeatureProfile) -> Comparison:
    """Compares two profiles of one feature, which must count over the same bins."""
    statistics, noise = _missing(reference, current)
    if isinstance(reference, NumericProfile) and isinstance(current, NumericProfile):
        cells = reference.cells(), current.cells()
        statistics |= _distributions(reference, current) | _outliers(reference, current, noise)
    elif isinstance(reference, CategoricalProfile) and isinstance(current, CategoricalProfile):
        cells = category_cells(reference, current)
        statistics |= _categories(reference, current, cells)
    else:
        raise TypeError(f"cannot compare {reference.kind} with {current.kind}")
    statistics |= _cells(cells, noise)
    return Comparison(Statistics(**statistics), noise)


def category_cells(
    reference: CategoricalProfile, current: CategoricalProfile
) -> tuple[Counts, Counts]:
    """Both samples' counts over the reference's frequent categories, and one cell for the rest.

    Frequent is what both samples expect `MIN_EXPECTED` rows of, by the reference's shares. The
    rest holds the rare and the unseen: a new category that takes rows shows there. Below that
    size PSI and chi-square measure chance. Cochran's rule asks for five rows; here it is twice
    that, because a category is picked by the very counts that are then compared.
    """
    ratio = min(current.n / reference.n, 1.0) if reference.n else 0.0
    frequent = reference.counts * ratio >= MIN_EXPECTED
    return _pooled(reference, frequent), _pooled(current, frequent)


def _pooled(profile: CategoricalProfile, frequent: NDArray[np.bool_]) -> Counts:
    counts = profile.counts[frequent]
    return np.append(counts, profile.n - counts.sum())


Values: TypeAlias = dict[str, float | None]


def _missing(reference: FeatureProfile, current: FeatureProfile) -> tuple[Values, dict[str, Noise]]:
    hits = (reference.missing, reference.rows, current.missing, current.rows)
    values: Values = {
        "missing_share": current.missing / current.rows if current.rows else None,
        "missing_rise": rise(*hits),
    }
    if values["missing_rise"] is None:
        return values, {}
    return values, {"missing_rise": rise_noise(*hits)}


def _cells(cells: tuple[Counts, Counts], noise: dict[str, Noise]) -> Values:
    value = psi(*cells)
    if value is None:
        return {}
    noise["psi"] = psi_noise(*cells)
    return {
        "psi": value,
        "psi_noise": noise["psi"].expected,
        "js": jensen_shannon(*cells),
        "kl": kullback_leibler(*cells),
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
        "ks_p_value": ks.p_value if ks else None,
        "wasserstein": earth.distance if earth else None,
        "wasserstein_normalised": earth.normalised if earth else None,
    }


def _outliers(
    reference: NumericProfile, current: NumericProfile, noise: dict[str, Noise]
) -> Values:
    before, now = reference.outliers, current.outliers
    if before is None or now is None:
        return {}
    hits = (before, reference.rows - reference.missing, now, current.rows - current.missing)
    value = rise(*hits)
    if value is None:
        return {}
    noise["outlier_rise"] = rise_noise(*hits)
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
