"""Every metric of a regression against scikit-learn, and where it does not exist."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from tidewatch.core.errors import DataError
from tidewatch.core.performance import score_regression

ordinary = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-3)
rows_of = st.lists(st.tuples(ordinary, ordinary), min_size=1, max_size=60)


def exactly(truth: object) -> object:
    return pytest.approx(truth, rel=1e-12, abs=1e-12)


def check(truth: Any, values: Any) -> None:
    found = score_regression(truth, values).metrics()
    assert found["mae"] == exactly(metrics.mean_absolute_error(truth, values))
    assert found["rmse"] == exactly(metrics.root_mean_squared_error(truth, values))
    assert found["mean_error"] == pytest.approx(
        np.mean(np.subtract(values, truth)), rel=1e-12, abs=1e-12 * max(np.abs(values).max(), 1)
    )
    known = np.asarray(truth) != 0
    if known.any():
        percentage = metrics.mean_absolute_percentage_error(
            np.asarray(truth)[known], np.asarray(values)[known]
        )
        assert found["mape"] == exactly(percentage)
    else:
        assert found["mape"] is None
    for share in (5, 25, 50, 75, 95):
        quantile = np.quantile(np.subtract(values, truth), share / 100)
        assert found[f"error_p{share:02}"] == exactly(quantile)


@given(rows=rows_of)
def test_metrics_are_scikit_learns(rows: list[tuple[float, float]]) -> None:
    truth, values = zip(*rows, strict=True)
    check(truth, values)


@given(rows=st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=60))
def test_r_squared_is_scikit_learns_where_the_truth_varies(rows: list[tuple[int, int]]) -> None:
    truth, values = zip(*rows, strict=True)
    found = score_regression(truth, values).metrics()["r_squared"]
    if len(set(truth)) == 1:
        assert found is None
    else:
        assert found == exactly(metrics.r2_score(truth, values))


def test_many_random_rows_are_scikit_learns() -> None:
    random = np.random.default_rng(11)
    truth = random.gamma(2, 80, 20_000)
    values = truth * random.lognormal(0, 0.3, 20_000)
    check(truth, values)
    found = score_regression(truth, values).metrics()
    assert found["r_squared"] == exactly(metrics.r2_score(truth, values))


def test_a_label_of_zero_is_left_out_of_the_percentage_and_counted() -> None:
    found = score_regression([0, 10], [5, 11])
    assert found.metrics()["mape"] == exactly(0.1)
    assert found.counts() == {"zero_labels": 1}
    assert score_regression([0, 0], [5, 11]).metrics()["mape"] is None


def test_squares_of_huge_and_tiny_numbers_leave_no_float() -> None:
    for unit in (1e200, 1e-200, 5e-324):
        found = score_regression([0, 0], [3 * unit, 4 * unit]).metrics()
        assert found["rmse"] == pytest.approx(math.sqrt(12.5) * unit, rel=1e-12, abs=5e-324)
        assert found["mae"] == pytest.approx(3.5 * unit, rel=1e-12, abs=5e-324)
    huge = score_regression([1e200, 2e200, 3e200], [1e200, 2e200, 2e200]).metrics()
    assert huge["r_squared"] == exactly(0.5)
    tiny = score_regression([1e-200, 2e-200, 3e-200], [1e-200, 2e-200, 2e-200]).metrics()
    assert tiny["r_squared"] == exactly(0.5)


def test_sums_of_the_largest_floats_are_still_means() -> None:
    found = score_regression([0, 0, 0], [1.5e308] * 3).metrics()
    assert found["mae"] == exactly(1.5e308)
    assert found["mean_error"] == exactly(1.5e308)


def test_an_error_beyond_the_range_of_floats_is_none() -> None:
    found = score_regression([-1.5e308, 1.0], [1.5e308, 1.0]).metrics()
    assert [found[name] for name in ("mae", "rmse", "mean_error", "error_p50", "mape")] == [
        None
    ] * 5


@given(
    rows=st.lists(
        st.tuples(
            st.floats(allow_nan=False, allow_infinity=False),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        max_size=20,
    )
)
def test_whatever_the_numbers_a_metric_is_finite_or_none(rows: list[tuple[float, float]]) -> None:
    found = score_regression([row[0] for row in rows], [row[1] for row in rows])
    for value in found.metrics().values():
        assert value is None or math.isfinite(value)


def test_one_row_has_everything_but_r_squared() -> None:
    found = score_regression([4], [5]).metrics()
    assert found.pop("r_squared") is None
    assert None not in found.values()


def test_no_rows_have_no_metrics() -> None:
    found = score_regression([], [])
    assert found.rows == 0
    assert set(found.metrics().values()) == {None}


@pytest.mark.parametrize(
    ("truth", "values"),
    [([math.nan], [1]), ([1], [math.inf]), ([1, 2], [1]), ([[1]], [[1]])],
)
def test_numbers_that_cannot_be_are_refused(truth: Any, values: Any) -> None:
    with pytest.raises(DataError):
        score_regression(truth, values)
