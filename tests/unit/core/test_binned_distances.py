"""What binning costs: KS and Wasserstein of profiles against SciPy on the rows themselves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

from tidewatch.core.config import FeatureKind
from tidewatch.core.distances import KolmogorovSmirnov, kolmogorov_smirnov
from tidewatch.core.distances.feature import Statistics, compare_feature
from tidewatch.core.profile import NumericProfile, profile, reference_profile

Sample = NDArray[np.float64]


def samples() -> dict[str, tuple[Sample, Sample]]:
    random = np.random.default_rng(11)
    normal = random.normal(size=20_000)
    return {
        "no drift": (normal, random.normal(size=5_000)),
        "shifted": (normal, random.normal(0.4, 1.3, size=5_000)),
        "disjoint": (normal, random.normal(90, 1, size=700)),
        "heavy tails": (random.standard_cauchy(20_000), 2 * random.standard_cauchy(5_000)),
        "mostly zero": (
            np.where(random.random(20_000) < 0.9, 0, random.exponential(size=20_000)),
            np.where(random.random(5_000) < 0.7, 0, random.exponential(size=5_000)),
        ),
        "few values": (
            random.integers(0, 7, 20_000).astype(float),
            random.integers(1, 9, 300).astype(float),
        ),
        "binary": (np.repeat([0.0, 1.0], [900, 100]), np.repeat([0.0, 1.0, 2.0], [50, 40, 10])),
        "far from zero": (1e12 + 100 * normal, 1e12 + 50 + 100 * random.normal(size=5_000)),
        "tiny": (1e-300 * normal, 1e-300 * random.normal(1, 1, size=5_000)),
        "huge": (1e300 * random.normal(size=3_000), 1e300 * random.normal(1, 1, size=3_000)),
        "one value": (np.full(1000, 5.0), np.full(500, 6.0)),
        "few rows": (normal[:30], normal[5:12]),
        "one row": (normal[:1], normal[1:2]),
    }


def profiles(name: str) -> tuple[NumericProfile, NumericProfile]:
    before, now = samples()[name]
    reference = reference_profile(pa.table({"x": before}), {"x": FeatureKind.NUMERIC})
    window = profile(pa.table({"x": now}), reference)
    first, second = reference.features["x"], window.features["x"]
    assert isinstance(first, NumericProfile)
    assert isinstance(second, NumericProfile)
    return first, second


def binned(name: str) -> tuple[Statistics, KolmogorovSmirnov]:
    first, second = profiles(name)
    ks = kolmogorov_smirnov(first.counts, second.counts, first.edges.atoms)
    assert ks is not None
    return compare_feature(first, second).statistics, ks


each_sample = pytest.mark.parametrize("name", list(samples()))


@each_sample
def test_the_bracket_of_kolmogorov_smirnov_holds_the_truth_and_is_narrow(name: str) -> None:
    truth = stats.ks_2samp(*samples()[name], method="exact" if name == "one row" else "asymp")
    statistics, ks = binned(name)
    assert statistics.ks == ks.statistic
    assert ks.statistic - 1e-12 <= truth.statistic <= ks.upper + 1e-12
    assert ks.upper - ks.statistic <= 1.1e-3
    assert ks.statistic == pytest.approx(truth.statistic, abs=1e-3)


@pytest.mark.parametrize("name", ["few values", "binary", "one value", "few rows", "mostly zero"])
def test_kolmogorov_smirnov_of_atoms_has_scipys_p_value(name: str) -> None:
    truth = stats.ks_2samp(*samples()[name], method="asymp")
    statistics, _ = binned(name)
    assert statistics.ks_p_value == pytest.approx(truth.pvalue, rel=0.02, abs=1e-12)


@each_sample
def test_wasserstein_is_scipys_to_a_thousandth_and_in_cauchys_tails_to_a_hundredth(
    name: str,
) -> None:
    before, now = samples()[name]
    truth = stats.wasserstein_distance(before, now)
    statistics, _ = binned(name)
    loose = 1e-2 if name == "heavy tails" else 1e-3
    spread = float(np.ptp(np.quantile(before, [0.1, 0.9])))
    assert statistics.wasserstein == pytest.approx(truth, rel=loose, abs=1e-4 * spread)


def test_wasserstein_is_normalised_by_the_references_deviation() -> None:
    before, _ = samples()["shifted"]
    statistics, _ = binned("shifted")
    assert statistics.wasserstein is not None
    assert statistics.wasserstein_normalised == pytest.approx(
        statistics.wasserstein / before.std(), rel=1e-9
    )


def test_wasserstein_of_a_reference_that_does_not_vary_is_not_normalised() -> None:
    statistics, _ = binned("one value")
    assert statistics.wasserstein == 1.0
    assert statistics.wasserstein_normalised is None


def test_sums_beyond_the_range_of_floats_leave_the_distances_of_counts() -> None:
    reference = reference_profile(
        pa.table({"x": np.linspace(-1.0, 1.0, 3000) * 1.7e308}), {"x": FeatureKind.NUMERIC}
    )
    window = profile(pa.table({"x": np.full(3000, 1.7e308)}), reference)
    statistics = compare_feature(reference.features["x"], window.features["x"]).statistics
    assert statistics.wasserstein is None
    assert statistics.ks == pytest.approx(1, abs=1e-3)
    assert statistics.psi is not None
    assert statistics.psi > 1
