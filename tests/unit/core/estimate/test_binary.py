"""Binary estimates: right on average where scores mean what they meant, and as sure as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tidewatch.core.errors import DataError
from tidewatch.core.estimate import fit_estimator
from tidewatch.core.estimate.binary import BinaryEstimator
from tidewatch.core.estimate.calibrator import Calibrator, fit_calibrator
from tidewatch.core.estimate.estimate import Floats
from tidewatch.core.estimate.expected_auc import expected_auc
from tidewatch.core.quality import roc_auc
from tidewatch.core.quality.scored import scored
from tidewatch.core.task import Task

METRICS = {"accuracy", "precision", "recall", "f1", "positive_share", "roc_auc"}
UNIT = st.floats(0, 1)


def rows(seed: int, count: int, centre: float = -1.0, spread: float = 1.5) -> tuple[Floats, Floats]:
    """Labels drawn from chances, and scores that are a bent but rising function of them."""
    random = np.random.default_rng(seed)
    chances = 1 / (1 + np.exp(-random.normal(centre, spread, count)))
    return (random.random(count) < chances).astype(float), np.sqrt(chances)


def estimator(seed: int = 1, count: int = 20_000) -> BinaryEstimator:
    return BinaryEstimator.fit(*rows(seed, count), threshold=0.6)


def errors(fitted: BinaryEstimator, labels: Floats, scores: Floats) -> dict[str, float]:
    """Realised less estimated, in deviations."""
    realised = fitted.realised(labels, scores)
    found = {}
    for name, item in fitted.estimate(scores).metrics.items():
        value = realised[name]
        assert item is not None
        assert value is not None
        found[name] = (value - item.value) / item.deviation
    return found


def test_estimates_are_unbiased_and_their_intervals_hold_the_truth_as_often_as_they_say() -> None:
    found = [errors(estimator(seed, 4_000), *rows(1_000 + seed, 1_000)) for seed in range(150)]
    for name in METRICS:
        deviations = np.array([item[name] for item in found])
        assert abs(deviations.mean()) < 0.3, name
        assert 0.88 <= (np.abs(deviations) < 1.96).mean() <= 1.0, name


@pytest.mark.parametrize(("centre", "spread"), [(-1.0, 0.7), (0.5, 1.5), (-2.0, 2.5)])
def test_a_shift_to_easier_or_harder_cases_is_followed(centre: float, spread: float) -> None:
    fitted = estimator(count=40_000)
    base = fitted.estimate(rows(2, 20_000)[1]).values()
    labels, scores = rows(3, 20_000, centre, spread)
    moved = fitted.estimate(scores).values()
    assert max(abs((moved[name] or 0) - (base[name] or 0)) for name in METRICS) > 0.08
    assert all(abs(error) < 3.5 for error in errors(fitted, labels, scores).values())


def test_a_change_of_what_scores_mean_is_not_seen() -> None:
    fitted = estimator()
    labels, scores = rows(4, 20_000)
    assert errors(fitted, 1 - labels, scores)["roc_auc"] < -20


def test_rows_in_clumps_widen_the_interval() -> None:
    random = np.random.default_rng(5)
    days = np.repeat(random.normal(0, 1.5, 40), 500)
    visible = random.normal(0, 1, 20_000)
    labels = (random.random(20_000) < 1 / (1 + np.exp(-visible - days))).astype(float)
    scores = 1 / (1 + np.exp(-visible))
    fitted = BinaryEstimator.fit(labels, scores, 0.5)
    assert fitted.dispersion["accuracy"] > 3
    shuffled = random.permutation(20_000)
    independent = BinaryEstimator.fit(labels[shuffled], scores[shuffled], 0.5)
    assert independent.dispersion["accuracy"] < 2


@settings(max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    arrays.arrays(np.float64, st.integers(0, 60), elements=UNIT),
    st.integers(1, 300),
)
def test_every_estimate_lies_in_its_interval_and_in_bounds(
    seed: int, scores: Floats, count: int
) -> None:
    fitted = fit_estimator(Task.BINARY_CLASSIFICATION, *rows(seed, count))
    assert fitted is not None
    estimate = fitted.estimate(scores)
    assert estimate.rows == len(scores)
    assert set(estimate.metrics) == METRICS
    for item in estimate.metrics.values():
        if item is not None:
            assert 0 <= item.lower <= item.value + 1e-12
            assert item.value - 1e-12 <= item.upper <= 1


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_the_order_of_the_windows_rows_does_not_matter(seed: int) -> None:
    _, scores = rows(seed, 500)
    fitted = estimator(count=2_000)
    shuffled = np.random.default_rng(seed).permutation(scores)
    one, other = fitted.estimate(scores).values(), fitted.estimate(shuffled).values()
    assert one == pytest.approx(other, rel=1e-12)


@given(
    arrays.arrays(np.float64, st.shared(st.integers(2, 40), key="n"), elements=UNIT),
    arrays.arrays(np.bool_, st.shared(st.integers(2, 40), key="n")),
)
def test_certain_chances_give_the_measured_area(scores: Floats, labels: np.ndarray) -> None:
    found = expected_auc(scores, labels.astype(float))
    measured = roc_auc(scored(labels.astype(float), scores))
    assert (found is None) == (measured is None)
    if found is not None:
        assert found[0] == pytest.approx(measured, abs=1e-12)


def test_the_areas_influence_is_its_derivative() -> None:
    random = np.random.default_rng(6)
    scores = random.random(30).round(1)
    chances = random.random(30)
    found = expected_auc(scores, chances)
    assert found is not None
    step = 1e-6
    for row in range(30):
        moved = chances + step * (np.arange(30) == row)
        shifted = expected_auc(scores, moved)
        assert shifted is not None
        assert (shifted[0] - found[0]) / step == pytest.approx(found[1][row], abs=1e-4)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3_000))
def test_a_calibrator_rises_keeps_to_probabilities_and_is_small(seed: int, count: int) -> None:
    labels, scores = rows(seed, count)
    fitted = fit_calibrator(scores, labels == 1)
    grid = fitted(np.linspace(-0.5, 1.5, 500))
    assert (np.diff(grid) >= 0).all()
    assert 0 <= grid.min() <= grid.max() <= 1
    assert len(fitted.scores) <= 50
    total = float((fitted.probabilities * fitted.rows).sum())
    assert total == pytest.approx(labels.sum())


def test_scores_that_rank_the_wrong_way_are_calibrated_to_one_probability() -> None:
    labels, scores = rows(7, 5_000)
    fitted = fit_calibrator(1 - scores, labels == 1)
    assert np.ptp(fitted(np.array([0.1, 0.9]))) < 0.05


def test_labels_that_are_no_labels_are_an_error() -> None:
    with pytest.raises(DataError):
        BinaryEstimator.fit(np.array([0.0, 2.0]), np.array([0.1, 0.2]), 0.5)


def test_a_knot_of_certain_rows_is_not_certain() -> None:
    sure = Calibrator(np.array([0.5]), np.array([1.0]), np.array([50.0]), 0.5, 0.5)
    assert sure.variance(sure.hold(np.array([0.5])), np.array([1.0])) > 0
