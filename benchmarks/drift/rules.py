"""The rules that are compared: each says of every feature whether it drifted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.drift.samples import Column, Sample, to_arrow
from tidewatch.core.distances import chi_square, psi
from tidewatch.core.drift import compare
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import NumericProfile, Profile, profile, reference_profile
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import Verdict

ENGINE = "this engine"
ENGINE_CRITICAL = "this engine, critical"
PLAIN_PSI = "PSI > 0.1"
KS = "KS or chi-square p < 0.05"
BONFERRONI = "the same, Bonferroni"

MIN_ROWS = 200
_LEVEL = 0.05
_ALARMS = {Verdict.WARNING, Verdict.CRITICAL}


@dataclass(frozen=True)
class Decision:
    """What one rule says of one feature."""

    rule: str
    feature: str
    alarm: bool


@dataclass(frozen=True)
class Reference:
    """A reference sample; what the rules make of it is made once."""

    sample: Sample

    @cached_property
    def profile(self) -> Profile:
        """The engine's."""
        kinds = {name: column.kind for name, column in self.sample.items()}
        return reference_profile(to_arrow(self.sample), kinds)

    @cached_property
    def ordered(self) -> dict[str, NDArray[np.float64]]:
        """The values of the numeric columns in order."""
        return {
            name: _ordered(column)
            for name, column in self.sample.items()
            if column.kind is FeatureKind.NUMERIC
        }


def decisions(reference: Reference, current: Sample) -> Iterator[Decision]:
    """What the engine and the plain rules say of the features in `current`."""
    features = {name: reference.profile.features[name] for name in current}
    before = Profile(reference.profile.rows, features)
    now = profile(to_arrow(current), before)
    report = compare(before, now, Thresholds(), MIN_ROWS)
    for name, found in report.features.items():
        yield Decision(ENGINE, name, found.verdict in _ALARMS)
        yield Decision(ENGINE_CRITICAL, name, found.verdict is Verdict.CRITICAL)
        one, other = features[name], now.features[name]
        if isinstance(one, NumericProfile) and isinstance(other, NumericProfile):
            value, p = psi(one.cells(), other.cells()), _ks_p(reference, name, current[name])
        else:
            counts = _counts(reference.sample[name]), _counts(current[name])
            test = chi_square(*counts)
            value, p = psi(*counts), test.p_value if test else 1.0
        yield Decision(PLAIN_PSI, name, (value or 0.0) > 0.1)  # noqa: PLR2004 - custom's limit
        yield Decision(KS, name, p < _LEVEL)
        yield Decision(BONFERRONI, name, p < _LEVEL / len(reference.sample))


def _ks_p(reference: Reference, name: str, current: Column) -> float:
    before, now = reference.ordered[name], _ordered(current)
    places = np.concatenate([before, now])
    gap = np.searchsorted(before, places, "right") / len(before)
    gap -= np.searchsorted(now, places, "right") / len(now)
    effective = max(round(len(before) * len(now) / (len(before) + len(now))), 1)
    return float(stats.kstwo.sf(np.abs(gap).max(), effective))


def _ordered(column: Column) -> NDArray[np.float64]:
    values = column.values[~np.isnan(column.values)].astype(np.float64)
    values.sort()
    return values


def _counts(column: Column) -> NDArray[np.int64]:
    """Every category a cell, as a plain rule has it."""
    return np.bincount(
        column.values[column.values >= 0].astype(np.int64), minlength=column.categories
    )
