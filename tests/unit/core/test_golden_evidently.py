"""Golden values: where Evidently computes the same statistic over the same cells, so do we.

Categories are such cells: Evidently takes each as one, and fills an empty one with 1e-4 too where
no share lies below that.
"""

from __future__ import annotations

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
    from evidently.legacy.calculations.stattests.registry import get_registered_stattest_impl
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


def evidently(test: object, reference: list[int], current: list[int]) -> float:
    run = get_registered_stattest_impl(test)
    if test is jensenshannon_stat_test:
        return float(
            run(rows(reference), rows(current), ColumnType.Categorical, 0.1, base=2)[0]
        )
    return float(run(rows(reference), rows(current), ColumnType.Categorical, 0.1)[0])


each_pair = pytest.mark.parametrize(("reference", "current"), PAIRS.values(), ids=PAIRS)


@each_pair
def test_psi_is_evidentlys(reference: list[int], current: list[int]) -> None:
    truth = evidently(psi_stat_test, reference, current)
    assert psi(reference, current) == pytest.approx(truth, rel=1e-12, abs=1e-12)


@each_pair
def test_jensen_shannon_in_bits_is_evidentlys(reference: list[int], current: list[int]) -> None:
    truth = evidently(jensenshannon_stat_test, reference, current)
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
