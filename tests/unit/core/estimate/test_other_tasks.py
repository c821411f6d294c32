"""Estimates for multiclass decisions and for regressions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tidewatch.core.estimate.estimate import Floats
from tidewatch.core.estimate.multiclass import MulticlassEstimator
from tidewatch.core.estimate.regression import RegressionEstimator

RIGHT = np.array([0.95, 0.7, 0.5])


def decisions(seed: int, count: int, mix: tuple[float, ...]) -> tuple[Floats, Floats]:
    """True and decided classes; the decision for class k is right with chance `RIGHT[k]`."""
    random = np.random.default_rng(seed)
    decided = random.choice(3, count, p=mix)
    right = random.random(count) < RIGHT[decided]
    return np.where(right, decided, (decided + 1) % 3).astype(float), decided.astype(float)


def errors_that_grow(seed: int, count: int, mean: float = 10.0) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    predicted = random.gamma(4, mean / 4, count)
    return predicted + predicted * random.normal(0, 0.2, count), predicted


def test_accuracy_follows_what_is_decided() -> None:
    fitted = MulticlassEstimator.fit(*decisions(1, 5_000, (0.6, 0.3, 0.1)))
    labels, decided = decisions(2, 5_000, (0.1, 0.3, 0.6))
    item = fitted.estimate(decided).metrics["accuracy"]
    realised = fitted.realised(labels, decided)["accuracy"]
    assert item is not None
    assert realised is not None
    assert item.value == pytest.approx(0.605, abs=0.03)
    assert item.lower < realised < item.upper


def test_a_class_never_decided_in_validation_is_as_right_as_all_together() -> None:
    fitted = MulticlassEstimator.fit(np.array([0.0, 2.0, 0.0]), np.array([0.0, 0.0, 0.0]))
    assert fitted.estimate(np.array([1.0, 2.0])).values()["accuracy"] == pytest.approx(2 / 3)


def test_error_follows_the_size_of_the_predictions() -> None:
    fitted = RegressionEstimator.fit(*errors_that_grow(1, 20_000))
    labels, predicted = errors_that_grow(2, 5_000, mean=14.0)
    realised = fitted.realised(labels, predicted)
    for name, before in (("mae", 1.6), ("rmse", 2.24)):
        item, value = fitted.estimate(predicted).metrics[name], realised[name]
        assert item is not None
        assert value is not None
        assert item.value > 1.2 * before
        assert value == pytest.approx(item.value, rel=0.08)


def test_regression_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = []
    for seed in range(150):
        fitted = RegressionEstimator.fit(*errors_that_grow(seed, 3_000))
        labels, predicted = errors_that_grow(seed + 1_000, 1_000)
        realised = fitted.realised(labels, predicted)
        for name, item in fitted.estimate(predicted).metrics.items():
            value = realised[name]
            assert item is not None
            assert value is not None
            held.append(item.lower <= value <= item.upper)
    assert 0.9 < np.mean(held) < 0.99


@settings(max_examples=50)
@given(
    arrays.arrays(np.float64, st.integers(0, 50), elements=st.floats(-1e9, 1e9)),
    st.integers(1, 200),
)
def test_a_regression_estimate_is_never_negative_nor_beyond_its_interval(
    predicted: Floats, count: int
) -> None:
    fitted = RegressionEstimator.fit(*errors_that_grow(3, count))
    for item in fitted.estimate(predicted).metrics.values():
        assert (item is None) == (not len(predicted))
        if item is not None:
            assert 0 <= item.lower <= item.value <= item.upper
