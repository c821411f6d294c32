"""ROC and precision-recall curves against scikit-learn, and what thinning leaves of them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from tidewatch.core.quality import (
    average_precision,
    precision_recall_curve,
    roc_auc,
    roc_curve,
    scored,
)
from tidewatch.core.quality.operating_points import CURVE_POINTS
from tidewatch.core.quality.scored import Scored

EVERYTHING = 10**9

tied = st.integers(0, 4).map(lambda place: place / 4)
tiny = st.floats(0, 1e-300)
anywhere = st.floats(0, 1)
binary_rows = st.lists(
    st.tuples(st.booleans(), st.one_of(tied, tiny, anywhere)), min_size=1, max_size=60
)


def exactly(truth: object) -> object:
    return pytest.approx(truth, rel=1e-12, abs=1e-12)


def sample(rows: int, seed: int = 3, share: float = 0.3) -> Scored:
    random = np.random.default_rng(seed)
    labels = random.random(rows) < share
    return scored(labels, 1 / (1 + np.exp(-random.normal(labels, 1.0))))


@given(rows=binary_rows)
def test_areas_are_scikit_learns_or_none_where_it_has_none(
    rows: list[tuple[bool, float]],
) -> None:
    labels, scores = (np.array(column) for column in zip(*rows, strict=True))
    data = scored(labels, scores)
    if labels.all() or not labels.any():
        assert roc_auc(data) is None
        assert roc_curve(data) is None
    else:
        assert roc_auc(data) == exactly(metrics.roc_auc_score(labels, scores))
    if labels.any():
        assert average_precision(data) == exactly(metrics.average_precision_score(labels, scores))
    else:
        assert average_precision(data) is None
        assert precision_recall_curve(data) is None


@given(rows=binary_rows)
def test_whole_curves_are_scikit_learns(rows: list[tuple[bool, float]]) -> None:
    labels, scores = (np.array(column) for column in zip(*rows, strict=True))
    data = scored(labels, scores)
    roc = roc_curve(data, EVERYTHING)
    if roc is not None:
        fpr, tpr, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
        np.testing.assert_allclose(roc.false_positive_rate, fpr, rtol=1e-12)
        np.testing.assert_allclose(roc.true_positive_rate, tpr, rtol=1e-12)
        np.testing.assert_array_equal(roc.thresholds, thresholds)
    pr = precision_recall_curve(data, EVERYTHING)
    if pr is not None:
        precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
        # scikit-learn goes up in thresholds, and adds a point at recall 0.
        np.testing.assert_allclose(pr.precision, precision[-2::-1], rtol=1e-12)
        np.testing.assert_allclose(pr.recall, recall[-2::-1], rtol=1e-12)
        np.testing.assert_array_equal(pr.thresholds, thresholds[::-1])


def test_scikit_learn_gives_numbers_where_there_are_none() -> None:
    """Why None is asserted, above, and not equality."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert metrics.average_precision_score([0, 0], [0.1, 0.2]) == 0.0


@pytest.mark.parametrize("share", [0.5, 0.002])
def test_a_thinned_curve_keeps_its_ends_its_order_and_the_area_of_all_points(share: float) -> None:
    data = sample(50_000, share=share)
    roc, pr = roc_curve(data), precision_recall_curve(data)
    assert roc is not None
    assert pr is not None
    for curve in (roc, pr):
        assert 50 <= len(curve.thresholds) <= CURVE_POINTS
        assert (np.diff(curve.thresholds) < 0).all()
    assert roc.area == roc_auc(data)
    assert pr.area == average_precision(data)
    assert (roc.false_positive_rate[[0, -1]] == [0, 1]).all()
    assert (roc.true_positive_rate[[0, -1]] == [0, 1]).all()
    assert pr.recall[-1] == 1
    assert pr.precision[-1] == pytest.approx(data.positives / data.rows)


@pytest.mark.parametrize("share", [0.5, 0.02])
def test_the_points_of_a_thinned_curve_lie_on_the_whole_one_and_draw_it(share: float) -> None:
    data = sample(20_000, share=share)
    thin, whole = roc_curve(data), roc_curve(data, EVERYTHING)
    assert thin is not None
    assert whole is not None
    points = set(zip(whole.false_positive_rate, whole.true_positive_rate, strict=True))
    assert points.issuperset(zip(thin.false_positive_rate, thin.true_positive_rate, strict=True))
    drawn = np.trapezoid(thin.true_positive_rate, thin.false_positive_rate)
    assert drawn == pytest.approx(whole.area, abs=1e-3)


def test_the_order_of_the_rows_does_not_matter() -> None:
    random = np.random.default_rng(4)
    labels, scores = random.integers(0, 2, 400), random.integers(0, 6, 400) / 5
    data, turned = scored(labels, scores), scored(labels[::-1], scores[::-1])
    assert roc_auc(data) == roc_auc(turned)
    assert average_precision(data) == average_precision(turned)


def test_no_rows_have_no_curves() -> None:
    nothing = scored([], [])
    assert roc_curve(nothing) is None
    assert precision_recall_curve(nothing) is None
    assert (roc_auc(nothing), average_precision(nothing)) == (None, None)


def test_one_row_has_no_roc_curve() -> None:
    assert roc_auc(scored([1], [0.3])) is None
    assert average_precision(scored([1], [0.3])) == 1.0
