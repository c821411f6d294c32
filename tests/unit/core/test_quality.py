"""Every quality metric against scikit-learn, and where it does not exist."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from tidewatch.core.errors import DataError
from tidewatch.core.performance import BinaryScores, score_binary
from tidewatch.core.quality import calibration, roc_auc_variance
from tidewatch.core.quality.scored import scored

Sample = tuple[NDArray[np.int64], NDArray[np.float64]]


def exactly(truth: float) -> object:
    return pytest.approx(truth, rel=1e-12, abs=1e-12)


def samples() -> dict[str, Sample]:
    random = np.random.default_rng(13)
    scores = random.beta(2, 4, 3000)
    return {
        "calibrated": ((random.random(3000) < scores).astype(np.int64), scores),
        "ties": (random.integers(0, 2, 500), random.integers(0, 5, 500) / 4),
        "extremes": (np.array([0, 1, 1, 0]), np.array([0.0, 1.0, 0.0, 1.0])),
        "two rows": (np.array([0, 1]), np.array([0.5, 0.5])),
        "never positive": (np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3])),
    }


@pytest.mark.parametrize("name", list(samples()))
def test_scores_are_scikit_learns(name: str) -> None:
    labels, scores = samples()[name]
    decided = scores >= 0.4
    found = score_binary(labels, scores, threshold=0.4)
    matrix = found.confusion_matrix
    assert [
        [matrix.true_negative, matrix.false_positive],
        [matrix.false_negative, matrix.true_positive],
    ] == metrics.confusion_matrix(labels, decided, labels=[0, 1]).tolist()
    assert matrix.accuracy == exactly(metrics.accuracy_score(labels, decided))
    assert matrix.recall == exactly(metrics.recall_score(labels, decided))
    assert matrix.f1 == exactly(metrics.f1_score(labels, decided))
    if decided.any():
        assert matrix.precision == exactly(metrics.precision_score(labels, decided))
    assert found.roc_auc == exactly(metrics.roc_auc_score(labels, scores))
    assert found.log_loss == exactly(metrics.log_loss(labels, scores))
    assert found.brier == exactly(metrics.brier_score_loss(labels, scores))
    assert found.positive_share == exactly(labels.mean())
    assert found.mean_score == exactly(scores.mean())


@pytest.mark.parametrize("name", list(samples()))
def test_calibration_error_is_that_of_bins_of_equal_mass(name: str) -> None:
    labels, scores = samples()[name]
    cuts = sorted(set(np.quantile(scores, np.arange(1, 10) / 10, method="inverted_cdf").tolist()))
    truth = 0.0
    for low, high in zip([-1.0, *cuts], [*cuts, 2.0], strict=True):
        inside = (scores > low) & (scores <= high)
        if inside.any():
            truth += inside.mean() * abs(scores[inside].mean() - labels[inside].mean())
    assert score_binary(labels, scores).calibration_error == exactly(truth)


def test_the_order_of_the_rows_does_not_matter() -> None:
    labels, scores = samples()["ties"]
    turned = score_binary(labels[::-1], scores[::-1]).metrics()
    assert turned == pytest.approx(score_binary(labels, scores).metrics())


def test_a_bin_of_ten_equal_rows_each_holds_a_tenth_of_the_error() -> None:
    scores = np.repeat(np.arange(10) / 10, 10)
    found = calibration(scored(np.zeros(100), scores))
    assert found is not None
    assert found.error == exactly(scores.mean())


def test_the_noise_of_calibration_is_what_a_perfect_model_shows() -> None:
    random = np.random.default_rng(19)
    errors, noise = [], []
    for _ in range(800):
        scores = random.beta(2, 3, 300)
        found = calibration(scored(random.random(300) < scores, scores))
        assert found is not None
        errors.append(found.error)
        noise.append(found.noise)
    expected = np.mean([each.expected for each in noise])
    assert np.mean(errors) == pytest.approx(expected, rel=0.05)
    passed = [e > each.ceiling for e, each in zip(errors, noise, strict=True)]
    assert np.mean(passed) < 0.01


def test_the_variance_of_roc_auc_is_that_of_repeated_samples() -> None:
    random = np.random.default_rng(20)
    areas = []
    for _ in range(600):
        scores = np.concatenate([random.exponential(2, 60), random.exponential(1, 140)])
        area = score_binary(np.repeat([1, 0], [60, 140]), scores / (1 + scores)).roc_auc
        assert area is not None
        areas.append(area)
    assert roc_auc_variance(2 / 3, 60, 140) == pytest.approx(np.var(areas), rel=0.15)
    with pytest.raises(ValueError, match="both classes"):
        roc_auc_variance(0.7, 0, 10)


def test_one_class_has_no_roc_auc_and_is_no_error() -> None:
    for label in (0, 1):
        found = score_binary([label] * 3, [0.2, 0.7, 0.9])
        assert found.roc_auc is None
        assert found.log_loss is not None


def test_ratios_without_a_denominator_are_none_and_never_zero() -> None:
    matrix = score_binary([0, 0], [0.1, 0.2]).confusion_matrix
    assert (matrix.precision, matrix.recall, matrix.f1, matrix.accuracy) == (None, None, None, 1.0)


def test_no_rows_have_no_metrics() -> None:
    found = score_binary([], [])
    assert found.rows == 0
    assert set(found.metrics().values()) == {None}


@pytest.mark.parametrize(
    ("labels", "scores"),
    [
        ([2], [0.5]),
        ([math.nan], [0.5]),
        ([1], [math.nan]),
        ([1], [1.5]),
        ([1], [-0.1]),
        ([1], [math.inf]),
        ([1, 0], [0.5]),
        ([[1]], [[0.5]]),
    ],
)
def test_labels_and_scores_that_cannot_be_are_refused(labels: object, scores: object) -> None:
    with pytest.raises(DataError):
        score_binary(labels, scores)  # type: ignore[arg-type]


def test_scores_become_plain_json_data() -> None:
    found: BinaryScores = score_binary([1, 0], [0.9, 0.1], threshold=0.3)
    assert found.as_dict() == {
        "rows": 2,
        "threshold": 0.3,
        "accuracy": 1.0,
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "roc_auc": 1.0,
        "average_precision": 1.0,
        "log_loss": pytest.approx(-math.log(0.9)),
        "brier": pytest.approx(0.01),
        "calibration_error": pytest.approx(0.1),
        "positive_share": 0.5,
        "mean_score": 0.5,
        "confusion_matrix": {
            "true_positive": 1,
            "false_positive": 0,
            "false_negative": 0,
            "true_negative": 1,
        },
    }
