"""Golden values: where Evidently computes the same statistic over the same cells, so do we.

Categories are such cells: Evidently takes each as one, and fills an empty one with 1e-4 too where
no share lies below that.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

from tidewatch.core.distances import hellinger, jensen_shannon, kullback_leibler, psi

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own imports
    from evidently.legacy.calculations.stattests import (
        hellinger_stat_test,
        jensenshannon_stat_test,
        kl_div_stat_test,
        psi_stat_test,
    )
    from evidently.legacy.calculations.stattests.registry import StatTest
    from evidently.legacy.core import ColumnType

PAIRS = {
    "alike": ([400, 300, 200, 100], [410, 290, 205, 95]),
    "shifted": ([400, 300, 200, 100], [100, 200, 300, 400]),
    "a category that went": ([50, 30, 20], [60, 0, 40]),
    "a category that came": ([50, 50, 0], [40, 40, 20]),
    "one category": ([70], [30]),
    "nothing shared": ([90, 0], [0, 90]),
}


def rows(counts: list[int]) -> pd.Series:
    return pd.Series(np.repeat([f"c{i}" for i in range(len(counts))], counts))


def evidently(test: StatTest, reference: list[int], current: list[int]) -> float:
    found = test(rows(reference), rows(current), ColumnType.Categorical, None)
    return float(found.drift_score)


each_pair = pytest.mark.parametrize(("reference", "current"), PAIRS.values(), ids=PAIRS)


@each_pair
def test_psi_is_evidentlys(reference: list[int], current: list[int]) -> None:
    truth = evidently(psi_stat_test, reference, current)
    assert psi(reference, current) == pytest.approx(truth, rel=1e-12, abs=1e-12)


@each_pair
def test_jensen_shannon_in_bits_is_evidentlys(reference: list[int], current: list[int]) -> None:
    truth = evidently(jensenshannon_stat_test, reference, current) / math.sqrt(math.log(2))
    assert jensen_shannon(reference, current) == pytest.approx(truth, rel=1e-12, abs=1e-12)


@each_pair
def test_kullback_leibler_is_evidentlys_with_the_sides_exchanged(
    reference: list[int], current: list[int]
) -> None:
    truth = evidently(kl_div_stat_test, current, reference)
    assert kullback_leibler(reference, current) == pytest.approx(truth, rel=1e-12, abs=1e-12)


@each_pair
def test_hellinger_is_evidentlys(reference: list[int], current: list[int]) -> None:
    truth = evidently(hellinger_stat_test, reference, current)
    found = hellinger(reference, current)
    assert found is not None
    # Evidently takes the root of 1 less a sum, which keeps half of the digits next to 0.
    assert found**2 == pytest.approx(truth**2, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.3, 3.0])
def test_over_evidentlys_own_bins_of_numbers_the_numbers_are_evidentlys(shift: float) -> None:
    random = np.random.default_rng(31)
    before, now = random.normal(size=3000), random.normal(shift, 1.2, 2000)
    bins = np.histogram_bin_edges(np.concatenate([before, now]), bins="sturges")
    counts = (np.histogram(before, bins)[0], np.histogram(now, bins)[0])
    sides = (pd.Series(before), pd.Series(now), ColumnType.Numerical, None)
    truth = psi_stat_test(*sides).drift_score
    assert psi(*counts) == pytest.approx(truth, rel=1e-12)
    truth = jensenshannon_stat_test(*sides).drift_score / math.sqrt(math.log(2))
    assert jensen_shannon(*counts) == pytest.approx(truth, rel=1e-12)
    assert hellinger(*counts) == pytest.approx(hellinger_stat_test(*sides).drift_score, rel=1e-9)
