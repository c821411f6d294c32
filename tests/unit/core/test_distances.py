"""Every distance against SciPy or scikit-learn, over the same cells."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn.metrics import mutual_info_score

from tidewatch.core.distances import (
    chi_square,
    jensen_shannon,
    kolmogorov_smirnov,
    kullback_leibler,
    psi,
    psi_noise,
    rise,
    rise_noise,
)

Counts = NDArray[np.int64]


def exactly(truth: float) -> object:
    return pytest.approx(truth, rel=1e-12, abs=1e-12)


def pairs() -> list[tuple[Counts, Counts]]:
    random = np.random.default_rng(7)
    full = [(random.integers(1, 10**k, 12), random.integers(1, 10**k, 12)) for k in (1, 3, 6, 12)]
    holes = [(random.poisson(2, 30), random.poisson(1, 30)) for _ in range(4)]
    return [*full, *holes, (np.array([5]), np.array([9])), (np.array([0, 3]), np.array([4, 0]))]


each_pair = pytest.mark.parametrize(("reference", "current"), pairs())


def filled(counts: Counts) -> NDArray[np.float64]:
    shares = counts / counts.sum()
    return np.where(shares == 0, 1e-4, shares)


@each_pair
def test_psi_is_the_symmetric_sum_of_relative_entropies(reference: Counts, current: Counts) -> None:
    p, q = filled(reference), filled(current)
    truth = float(sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True)))
    assert psi(reference, current) == exactly(truth)
    assert psi(current, reference) == exactly(truth)


def test_psi_without_empty_cells_is_scipys_entropy_both_ways() -> None:
    reference, current = pairs()[1]
    p, q = reference / reference.sum(), current / current.sum()
    both = float(stats.entropy(p, q) + stats.entropy(q, p))
    assert psi(reference, current) == exactly(both)


@each_pair
def test_kullback_leibler_is_scipys_entropy(reference: Counts, current: Counts) -> None:
    truth = float(stats.entropy(filled(current), filled(reference)))
    assert kullback_leibler(reference, current) == exactly(truth)


@each_pair
def test_jensen_shannon_is_scipys_in_bits(reference: Counts, current: Counts) -> None:
    truth = float(jensenshannon(reference, current, base=2))
    assert jensen_shannon(reference, current) == pytest.approx(truth, rel=1e-12, abs=1e-7)


def test_jensen_shannon_of_the_pooled_sample_is_scikit_learns_mutual_information() -> None:
    reference, current = np.array([40, 10, 50]), np.array([20, 60, 20])
    table = np.stack([reference, current])
    bits = float(mutual_info_score(None, None, contingency=table)) / math.log(2)
    assert jensen_shannon(reference, current) == exactly(math.sqrt(bits))


@each_pair
def test_chi_square_is_scipys_test_of_homogeneity(reference: Counts, current: Counts) -> None:
    table = np.stack([reference, current])[:, reference + current > 0]
    truth = stats.chi2_contingency(table, correction=False)
    result = chi_square(reference, current)
    assert result is not None
    assert result.statistic == exactly(truth.statistic)
    assert result.p_value == exactly(truth.pvalue)
    assert result.freedom == truth.dof


def test_kolmogorov_smirnov_of_atoms_is_scipys() -> None:
    random = np.random.default_rng(3)
    a, b = random.integers(0, 20, 700), random.integers(0, 21, 900)
    truth = stats.ks_2samp(a, b, method="asymp")
    counts = (np.bincount(a, minlength=21), np.bincount(b, minlength=21))
    result = kolmogorov_smirnov(*counts, atoms=np.ones(21, dtype=bool))
    assert result is not None
    assert result.statistic == exactly(truth.statistic)
    assert result.p_value == exactly(truth.pvalue)
    assert result.upper == result.statistic


Distance = Callable[[list[int], list[int]], object]


@pytest.mark.parametrize(
    "distance", [psi, kullback_leibler, jensen_shannon, chi_square, kolmogorov_smirnov]
)
def test_without_rows_there_is_no_distance(distance: Distance) -> None:
    assert distance([0, 0], [1, 2]) is None
    assert distance([1, 2], [0, 0]) is None
    assert distance([], []) is None


@pytest.mark.parametrize("distance", [psi, kullback_leibler, jensen_shannon])
def test_equal_shares_have_distance_zero(distance: Distance) -> None:
    assert distance([10, 30, 0], [1, 3, 0]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "distance", [psi, kullback_leibler, jensen_shannon, chi_square, kolmogorov_smirnov]
)
@pytest.mark.parametrize(
    ("reference", "current"), [([1, 2], [1]), ([[1]], [[1]]), ([-1, 2], [1, 2])]
)
def test_counts_that_do_not_match_are_refused(
    distance: Distance, reference: list[int], current: list[int]
) -> None:
    with pytest.raises(ValueError, match="expected"):
        distance(reference, current)


def test_a_minimum_sample_withholds_the_distance() -> None:
    assert psi([50, 50], [5, 4], minimum=10) is None
    assert psi([50, 50], [5, 5], minimum=10) == pytest.approx(0, abs=1e-12)


def test_smoothing_must_be_positive() -> None:
    with pytest.raises(ValueError, match="smoothing"):
        psi([1, 0], [1, 1], smoothing=0)


def test_the_expected_noise_of_psi_is_what_chance_shows() -> None:
    random = np.random.default_rng(5)
    shares = np.full(10, 0.1)
    reference, current = (
        random.multinomial(2000, shares, 4000),
        random.multinomial(500, shares, 4000),
    )
    seen = [psi(a, b) for a, b in zip(reference, current, strict=True)]
    noise = psi_noise(reference[0], current[0])
    assert np.mean(np.array(seen)) == pytest.approx(noise.expected, rel=0.05)
    assert np.mean(np.array(seen) > noise.ceiling) < 0.004


def test_one_cell_has_no_noise_and_no_sample_has_none_defined() -> None:
    assert psi_noise([10, 0], [20, 0]).ceiling == 0
    with pytest.raises(ValueError, match="empty"):
        psi_noise([10, 0], [0, 0])
    with pytest.raises(ValueError, match="empty"):
        rise_noise(0, 0, 1, 2)


def test_a_rise_needs_both_samples() -> None:
    assert rise(1, 0, 1, 2) is None
    assert rise(1, 2, 0, 4) == -0.5
    assert rise(1, 2, 3, 4, minimum=3) is None
