"""Every metric of several classes against scikit-learn, and where it does not exist."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from tidewatch.core.errors import DataError
from tidewatch.core.performance import score_class_probabilities, score_multiclass
from tidewatch.core.quality import calibration, classified, scored

CLASSES = ("calm", "rain", "snow", "storm")
PLACES = [0, 1, 2, 3]
AVERAGES = [f"{kind}_{metric}" for kind in ("macro", "weighted") for metric in ("precision", "f1")]
OF_PROBABILITIES = ("roc_auc", "log_loss", "brier", "calibration_error")

places = st.integers(0, 3)
weights = st.lists(st.one_of(st.integers(0, 3), st.floats(1e-300, 1e3)), min_size=4, max_size=4)


def exactly(truth: object) -> object:
    return None if truth is None else pytest.approx(truth, rel=1e-12, abs=1e-12)


def sample(rows: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Calibrated probabilities, and labels drawn from them."""
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet([0.5, 1.0, 0.2, 0.7], rows)
    drawn = (random.random((rows, 1)) > probabilities.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return drawn, probabilities


def learned(kind: str, metric: str, labels: Any, decisions: Any) -> float | None:
    """scikit-learn's average; None where no class has the metric.

    It says NaN then, but 0 where the classes that have the metric are all without rows.
    """
    score = getattr(metrics, f"{metric}_score")
    if kind == "weighted":
        of_class = score(labels, decisions, labels=PLACES, average=None, zero_division=math.nan)
        if set(np.flatnonzero(~np.isnan(of_class))).isdisjoint(labels):
            return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's word on means of nothing
        found = score(labels, decisions, labels=PLACES, average=kind, zero_division=math.nan)
    return None if math.isnan(found) else float(found)


@given(rows=st.lists(st.tuples(places, places), min_size=1, max_size=40))
def test_metrics_of_decisions_are_scikit_learns(rows: list[tuple[int, int]]) -> None:
    labels, decisions = zip(*rows, strict=True)
    found = score_multiclass(labels, decisions, CLASSES)
    matrix = metrics.confusion_matrix(labels, decisions, labels=PLACES)
    assert found.as_dict()["confusion_matrix"] == matrix.tolist()
    shown = found.metrics()
    assert shown["accuracy"] == exactly(metrics.accuracy_score(labels, decisions))
    for kind in ("macro", "weighted"):
        for metric in ("precision", "recall", "f1"):
            assert shown[f"{kind}_{metric}"] == exactly(learned(kind, metric, labels, decisions))
    assert [shown[name] for name in OF_PROBABILITIES] == [None] * 4


@given(rows=st.lists(st.tuples(places, places), min_size=1, max_size=40))
def test_metrics_of_each_class_are_scikit_learns(rows: list[tuple[int, int]]) -> None:
    labels, decisions = zip(*rows, strict=True)
    of_class = metrics.precision_recall_fscore_support(
        labels, decisions, labels=PLACES, zero_division=math.nan
    )
    found = score_multiclass(labels, decisions, CLASSES).by_class()
    assert list(found) == list(CLASSES)
    for name, *truth in zip(CLASSES, *of_class, strict=True):
        assert list(found[name].values()) == [
            None if math.isnan(value) else exactly(value) for value in truth
        ]


@given(rows=st.lists(st.tuples(places, weights), min_size=1, max_size=30))
def test_metrics_of_probabilities_are_scikit_learns(rows: list[tuple[int, list[float]]]) -> None:
    labels = np.array([place for place, _ in rows])
    given_weights = np.array([row for _, row in rows], dtype=float) + 1e-9
    probabilities = given_weights / given_weights.sum(axis=1, keepdims=True)
    found = score_class_probabilities(labels, probabilities, CLASSES).metrics()
    assert found["log_loss"] == exactly(metrics.log_loss(labels, probabilities, labels=PLACES))
    truth = metrics.brier_score_loss(labels, probabilities, labels=PLACES)
    assert found["brier"] == exactly(truth)
    if len(set(labels)) == 4:
        areas = metrics.roc_auc_score(labels, probabilities, multi_class="ovr", labels=PLACES)
        assert found["roc_auc"] == exactly(areas)
    right, confidence = probabilities.argmax(axis=1) == labels, probabilities.max(axis=1)
    top = calibration(scored(right, confidence))
    assert top is not None
    assert found["calibration_error"] == exactly(top.error)


def test_many_random_rows_are_scikit_learns() -> None:
    labels, probabilities = sample(5000, 5)
    found = score_class_probabilities(labels, probabilities, CLASSES).metrics()
    assert found["roc_auc"] == exactly(
        metrics.roc_auc_score(labels, probabilities, multi_class="ovr")
    )
    assert found["log_loss"] == exactly(metrics.log_loss(labels, probabilities))
    assert found["accuracy"] == exactly(metrics.accuracy_score(labels, probabilities.argmax(1)))


def test_a_class_that_never_occurs_is_left_out_of_means_and_never_zero() -> None:
    found = score_multiclass([0, 1, 0, 1], [0, 1, 0, 1], CLASSES)
    assert {found.metrics()[name] for name in AVERAGES} == {1.0}
    assert found.by_class()["storm"] == {
        "class_precision": None,
        "class_recall": None,
        "class_f1": None,
        "class_rows": 0.0,
    }


def test_a_class_without_rows_is_left_out_of_the_mean_area() -> None:
    labels, probabilities = sample(400, 6)
    known = labels != 2
    found = score_class_probabilities(labels[known], probabilities[known], CLASSES).metrics()
    areas = [
        metrics.roc_auc_score(labels[known] == place, probabilities[known, place])
        for place in (0, 1, 3)
    ]
    assert found["roc_auc"] == exactly(np.mean(areas))


def test_one_class_alone_has_no_area() -> None:
    found = score_class_probabilities([1, 1], [[0.1, 0.9, 0, 0]] * 2, CLASSES).metrics()
    assert (found["roc_auc"], found["accuracy"]) == (None, 1.0)


def test_no_rows_have_no_metrics() -> None:
    assert set(score_multiclass([], [], CLASSES).metrics().values()) == {None}
    nothing = score_class_probabilities([], np.empty((0, 4)), CLASSES)
    assert set(nothing.metrics().values()) == {None}
    assert nothing.rows == 0


@pytest.mark.parametrize(
    ("labels", "probabilities"),
    [
        ([4], [[1, 0, 0, 0]]),
        ([0.5], [[1, 0, 0, 0]]),
        ([math.nan], [[1, 0, 0, 0]]),
        ([-1], [[1, 0, 0, 0]]),
        ([0, 1], [[1, 0, 0, 0]]),
        ([0], [[0.5, 0, 0, 0]]),
        ([0], [[1.5, -0.5, 0, 0]]),
        ([0], [[math.nan, 1, 0, 0]]),
        ([0], [[1.0, 0.0]]),
        ([0], [1.0, 0.0, 0.0, 0.0]),
    ],
)
def test_labels_and_probabilities_that_cannot_be_are_refused(
    labels: Any, probabilities: Any
) -> None:
    with pytest.raises(DataError):
        score_class_probabilities(labels, probabilities, CLASSES)


@pytest.mark.parametrize("decisions", [[4], [0.5], [0, 1]])
def test_decisions_that_cannot_be_are_refused(decisions: Any) -> None:
    with pytest.raises(DataError):
        classified([0], decisions, CLASSES)
