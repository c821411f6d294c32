"""The promise of the noise rule: quiet without drift at any sample size, awake when it comes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tidewatch.core.config import FeatureKind, Thresholds
from tidewatch.core.drift import DriftReport, compare
from tidewatch.core.profile import profile, reference_profile
from tidewatch.core.verdict import Verdict

ALARMS = {Verdict.WARNING, Verdict.CRITICAL}
CATEGORICAL = {"few categories", "fifty categories", "zipf", "id"}


def rows(random: np.random.Generator, n: int) -> pa.Table:
    """Features of every awkward shape, all drawn from a world that does not change."""
    normal = random.normal(size=n)
    shares = [0.5, 0.3, 0.1, 0.07, 0.03]
    return pa.table(
        {
            "normal": normal,
            "lognormal": random.lognormal(size=n),
            "cauchy": random.standard_cauchy(n),
            "hour": random.integers(0, 24, n).astype(float),
            "poisson": random.poisson(2, n).astype(float),
            "mostly zero": np.where(random.random(n) < 0.95, 0, random.exponential(size=n)),
            "half one value": np.where(random.random(n) < 0.5, 5, random.normal(5, 2, n)),
            "binary": (random.random(n) < 0.3).astype(float),
            "rare": (random.random(n) < 0.02).astype(float),
            "often missing": pa.array(normal, mask=random.random(n) < 0.3),
            "few categories": random.choice(list("abcde"), n, p=shares),
            "fifty categories": random.integers(0, 50, n).astype(str),
            "zipf": random.zipf(1.5, n).astype(str),
            "id": random.integers(0, 3000, n).astype(str),
        }
    )


def kind(name: str) -> FeatureKind:
    return FeatureKind.CATEGORICAL if name in CATEGORICAL else FeatureKind.NUMERIC


def reports(seed: int, n: int, reference_rows: int, times: int) -> list[DriftReport]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(times):
        table = rows(random, reference_rows)
        baseline = reference_profile(table, {name: kind(name) for name in table.column_names})
        window = profile(rows(random, n), baseline)
        found.append(compare(baseline, window, Thresholds(), min_rows=100))
    return found


@pytest.mark.parametrize("reference_rows", [200, 2000, 20_000])
@pytest.mark.parametrize("n", [200, 500, 2000, 5000])
def test_without_drift_fewer_than_one_feature_in_a_hundred_alarms(
    n: int, reference_rows: int
) -> None:
    verdicts = [
        feature.verdict
        for found in reports(17, n, reference_rows, times=25)
        for feature in found.features.values()
    ]
    assert sum(verdict in ALARMS for verdict in verdicts) / len(verdicts) < 0.01


def test_the_raw_psi_of_small_windows_would_have_cried_wolf() -> None:
    found = reports(17, 200, 200, times=25)
    psis = [feature.statistics.psi or 0 for each in found for feature in each.features.values()]
    assert sum(value >= 0.1 for value in psis) / len(psis) > 0.1


@pytest.mark.parametrize("n", [2000, 5000])
def test_a_shift_of_psi_a_quarter_is_found(n: int) -> None:
    random = np.random.default_rng(23)
    numeric = {"x": FeatureKind.NUMERIC}
    found = []
    for _ in range(40):
        baseline = reference_profile(pa.table({"x": random.normal(size=10_000)}), numeric)
        window = profile(pa.table({"x": random.normal(0.5, 1, n)}), baseline)
        found.append(compare(baseline, window, Thresholds(), 200).features["x"])
    assert np.mean([each.statistics.psi or 0 for each in found]) == pytest.approx(0.25, abs=0.03)
    assert all(each.verdict in ALARMS for each in found)


def test_a_shift_of_category_shares_of_psi_a_quarter_is_found() -> None:
    random = np.random.default_rng(29)
    categorical = {"c": FeatureKind.CATEGORICAL}
    before, now = [0.4, 0.3, 0.2, 0.1], [0.22, 0.26, 0.3, 0.22]
    for _ in range(40):
        reference = pa.table({"c": random.choice(list("abcd"), 10_000, p=before)})
        baseline = reference_profile(reference, categorical)
        window = profile(pa.table({"c": random.choice(list("abcd"), 2000, p=now)}), baseline)
        found = compare(baseline, window, Thresholds(), 200).features["c"]
        assert found.statistics.psi == pytest.approx(0.25, abs=0.09)
        assert found.verdict in ALARMS
