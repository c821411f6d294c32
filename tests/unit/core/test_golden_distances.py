"""Golden values: every binned statistic on any counts, against SciPy's and the definition's."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial.distance import cityblock, euclidean, jensenshannon

from tidewatch.core.distances import (
    chi_square,
    hellinger,
    jensen_shannon,
    kolmogorov_smirnov,
    kullback_leibler,
    psi,
    rise,
    total_variation,
)

Counts = NDArray[np.int64]
thorough = settings(max_examples=200)

shares = st.integers(1, 10**9).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows)))
count = st.integers(0, 3) | st.integers(0, 10**4) | st.integers(0, 10**12)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Counts, Counts]:
    """Counts over the same cells, many of them empty, of two samples that have a row."""
    cells = draw(st.integers(1, 40))
    first, second = (
        np.array(draw(st.lists(count, min_size=cells, max_size=cells)), dtype=np.int64)
        for _ in range(2)
    )
    assume(first.sum() and second.sum())
    return first, second


def exactly(truth: float) -> object:
    return pytest.approx(truth, rel=1e-12, abs=1e-12)


def smoothed(counts: Counts) -> NDArray[np.float64]:
    shares = counts / counts.sum()
    return np.where(shares == 0, 1e-4, shares)


@thorough
@given(pairs())
def test_psi_is_the_sum_of_its_cells(pair: tuple[Counts, Counts]) -> None:
    p, q = (smoothed(counts) for counts in pair)
    truth = math.fsum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert psi(*pair) == exactly(truth)


@thorough
@given(pairs())
def test_kullback_leibler_is_scipys_entropy(pair: tuple[Counts, Counts]) -> None:
    p, q = (smoothed(counts) for counts in pair)
    assert kullback_leibler(*pair) == exactly(float(stats.entropy(q, p)))


@thorough
@given(pairs())
def test_jensen_shannon_is_scipys_in_bits(pair: tuple[Counts, Counts]) -> None:
    found = jensen_shannon(*pair)
    assert found is not None
    truth = float(jensenshannon(*pair, base=2))
    # Next to equal shares the root magnifies rounding: the divergence is what is exact.
    assert found**2 == exactly(0.0 if math.isnan(truth) else truth**2)


@thorough
@given(pairs())
def test_hellinger_is_scipys_distance_of_the_roots_of_shares(pair: tuple[Counts, Counts]) -> None:
    p, q = (np.sqrt(counts / counts.sum()) for counts in pair)
    assert hellinger(*pair) == exactly(float(euclidean(p, q)) / math.sqrt(2))


@thorough
@given(pairs())
def test_total_variation_is_half_of_scipys_city_block_of_shares(
    pair: tuple[Counts, Counts],
) -> None:
    p, q = (counts / counts.sum() for counts in pair)
    assert total_variation(*pair) == exactly(float(cityblock(p, q)) / 2)


@thorough
@given(pairs())
def test_hellinger_and_total_variation_bound_each_other(pair: tuple[Counts, Counts]) -> None:
    h, t = hellinger(*pair), total_variation(*pair)
    assert h is not None
    assert t is not None
    assert h**2 <= t + 1e-12
    assert t <= math.sqrt(2) * h + 1e-12


@thorough
@given(pairs())
def test_chi_square_is_scipys_test_of_homogeneity(pair: tuple[Counts, Counts]) -> None:
    table = np.stack(pair)[:, pair[0] + pair[1] > 0]
    result = chi_square(*pair)
    assert result is not None
    if table.shape[1] == 1:
        assert (result.statistic, result.freedom, result.p_value) == (0, 0, 1)
        return
    truth = stats.chi2_contingency(table, correction=False)
    assert result.statistic == pytest.approx(truth.statistic, rel=1e-10, abs=1e-9)
    assert result.freedom == truth.dof
    assert result.p_value == pytest.approx(
        float(stats.chi2.sf(result.statistic, result.freedom)), rel=1e-9, abs=1e-11
    )


@thorough
@given(st.lists(st.integers(0, 5), min_size=2, max_size=60), st.data())
def test_kolmogorov_smirnov_of_single_values_is_scipys(
    first: list[int], data: st.DataObject
) -> None:
    second = data.draw(st.lists(st.integers(0, 6), min_size=2, max_size=60))
    counts = (np.bincount(first, minlength=7), np.bincount(second, minlength=7))
    result = kolmogorov_smirnov(*counts, atoms=np.ones(7, dtype=bool))
    truth = stats.ks_2samp(first, second, method="asymp")
    assert result is not None
    assert result.statistic == result.upper == exactly(truth.statistic)
    assert result.p_value == pytest.approx(truth.pvalue, abs=1e-4)


@given(shares, shares)
def test_a_rise_is_the_difference_of_two_shares(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    (a, n), (b, m) = first, second
    assert rise(a, n, b, m) == pytest.approx(float(Fraction(b, m) - Fraction(a, n)), abs=1e-15)


Distances = [psi, kullback_leibler, jensen_shannon, hellinger, total_variation]


@pytest.mark.parametrize("distance", Distances)
@thorough
@given(pairs(), st.randoms(use_true_random=False))
def test_a_distance_does_not_know_the_order_of_cells(
    distance: object, pair: tuple[Counts, Counts], random: object
) -> None:
    order = np.random.default_rng(random.randrange(2**32)).permutation(len(pair[0]))  # type: ignore[attr-defined]
    shuffled = (pair[0][order], pair[1][order])
    assert distance(*shuffled) == exactly(distance(*pair))  # type: ignore[operator]


@pytest.mark.parametrize("distance", [hellinger, total_variation])
@pytest.mark.parametrize(
    ("reference", "current", "truth"),
    [([10, 0], [0, 3], 1.0), ([5], [9], 0.0), ([1, 1, 0], [2, 2, 0], 0.0)],
)
def test_the_new_distances_reach_from_none_to_one(
    distance: object, reference: list[int], current: list[int], truth: float
) -> None:
    assert distance(reference, current) == truth  # type: ignore[operator]


@pytest.mark.parametrize("distance", [hellinger, total_variation])
def test_the_new_distances_refuse_what_the_others_refuse(distance: object) -> None:
    assert distance([0, 0], [1, 2]) is None  # type: ignore[operator]
    assert distance([50, 50], [5, 4], minimum=10) is None  # type: ignore[operator]
    with pytest.raises(ValueError, match="expected"):
        distance([1, 2], [1])  # type: ignore[operator]
    with pytest.raises(ValueError, match="expected"):
        distance([-1, 2], [1, 2])  # type: ignore[operator]
