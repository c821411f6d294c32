"""Golden values of whole features: rows in, statistics out, against NumPy and SciPy on the rows.

The rows are awkward on purpose: none, one, one value, all missing, infinities, huge, tiny, next to
each other, unseen and odd categories.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from tidewatch.core.distances import kolmogorov_smirnov, psi
from tidewatch.core.distances.feature import MIN_COUNT, MIN_EXPECTED, Statistics, compare_feature
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import (
    CategoricalProfile,
    NumericProfile,
    Profile,
    merge,
    profile,
    reference_profile,
)

Floats = NDArray[np.float64]
thorough = settings(max_examples=80)

awkward = (
    st.none()
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.sampled_from([0.0, -0.0, 1.0, 5e-324, 1.7e308, -1.7e308, math.inf, -math.inf])
    | st.integers(-3, 3).map(float)
)
tame = st.floats(-1e6, 1e6, allow_subnormal=False) | st.integers(-3, 3).map(float)
names = (
    st.none()
    | st.sampled_from(["a", "b", "", " ", "né", "ne\u0301", "日本", "🌊", "A"])
    | st.text()
)
some_awkward = st.lists(awkward, max_size=60)
some_tame = st.lists(tame, min_size=1, max_size=80)
some_names = st.lists(names, max_size=60)


def numbers(before: Sequence[float | None], now: Sequence[float | None]) -> tuple[Profile, Profile]:
    kinds = {"x": FeatureKind.NUMERIC}
    reference = reference_profile(pa.table({"x": pa.array(before, pa.float64())}), kinds)
    return reference, profile(pa.table({"x": pa.array(now, pa.float64())}), reference)


def texts(before: Sequence[str | None], now: Sequence[str | None]) -> tuple[Profile, Profile]:
    kinds = {"c": FeatureKind.CATEGORICAL}
    reference = reference_profile(pa.table({"c": pa.array(before, pa.string())}), kinds)
    return reference, profile(pa.table({"c": pa.array(now, pa.string())}), reference)


def numeric(of: Profile) -> NumericProfile:
    feature = of.features["x"]
    assert isinstance(feature, NumericProfile)
    return feature


def compared(pair: tuple[Profile, Profile]) -> Statistics:
    [name] = pair[0].features
    return compare_feature(pair[0].features[name], pair[1].features[name]).statistics


def finite(values: Sequence[float | None]) -> Floats:
    known = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return known[np.isfinite(known)]


@thorough
@given(some_awkward, some_awkward)
def test_every_row_is_counted_once_whatever_it_holds(
    before: list[float | None], now: list[float | None]
) -> None:
    reference, window = numbers(before, now)
    for rows, found in ((before, numeric(reference)), (now, numeric(window))):
        missing = sum(value is None or math.isnan(value) for value in rows)
        infinite = sum(value is not None and math.isinf(value) for value in rows)
        assert (found.missing, found.non_finite) == (missing, infinite)
        assert (found.n, found.rows) == (len(rows) - missing - infinite, len(rows))


@thorough
@given(some_awkward, some_awkward)
def test_counts_and_psi_are_numpys_over_the_same_edges(
    before: list[float | None], now: list[float | None]
) -> None:
    pair = numbers(before, now)
    edges = numeric(pair[0]).edges
    sides = [finite(before), finite(now)]
    fine = [np.bincount(np.searchsorted(edges.fine, v), minlength=edges.bins) for v in sides]
    coarse = edges.fine[edges.coarse]
    cells = [np.bincount(np.searchsorted(coarse, v), minlength=len(coarse) + 1) for v in sides]
    for of, counted, in_cells in zip(pair, fine, cells, strict=True):
        assert numeric(of).counts.tolist() == counted.tolist()
        assert numeric(of).cells().tolist() == in_cells.tolist()
    assert compared(pair).psi == psi(cells[0], cells[1])


def largest_gap(before: Floats, now: Floats) -> float:
    """The Kolmogorov-Smirnov statistic by its definition."""
    places = np.concatenate([before, now])
    shares = [np.searchsorted(np.sort(side), places, "right") / len(side) for side in (before, now)]
    return float(np.abs(shares[0] - shares[1]).max())


@thorough
@given(some_awkward, some_awkward)
def test_kolmogorov_smirnov_brackets_the_truth_on_any_rows(
    before: list[float | None], now: list[float | None]
) -> None:
    pair = numbers(before, now)
    sides = [finite(before), finite(now)]
    found = kolmogorov_smirnov(
        numeric(pair[0]).counts, numeric(pair[1]).counts, numeric(pair[0]).edges.atoms
    )
    if not all(len(side) for side in sides):
        assert found is None
        assert compared(pair).ks is None
        return
    truth = largest_gap(*sides)
    assert found is not None
    assert found.statistic - 1e-12 <= truth <= found.upper + 1e-12


@thorough
@given(some_tame, some_tame)
def test_moments_are_numpys(before: list[float], now: list[float]) -> None:
    _, window = numbers(before, now)
    found = numeric(window)
    scale = max(map(abs, [*before, *now])) or 1.0
    assert found.mean == pytest.approx(np.mean(now), rel=1e-12, abs=1e-12 * scale)
    assert found.std == pytest.approx(np.std(now), rel=1e-9, abs=1e-7 * scale)
    assert (found.minimum, found.maximum) == (min(now), max(now))


@thorough
@given(some_tame, some_tame, st.integers(0, 80), st.integers(0, 80))
def test_three_parts_merge_to_the_whole_to_a_trillionth(
    before: list[float], now: list[float], one: int, two: int
) -> None:
    reference, window = numbers(before, now)
    first, second = sorted((min(one, len(now)), min(two, len(now))))
    parts = [
        profile(pa.table({"x": pa.array(rows, pa.float64())}), reference)
        for rows in (now[:first], now[first:second], now[second:])
    ]
    merged = merge(merge(parts[2], parts[0]), parts[1])
    whole, found = compared((reference, window)), compared((reference, merged))
    for name, value in whole.as_dict().items():
        truth = None if value is None else pytest.approx(value, rel=1e-12, abs=1e-12)
        assert found.as_dict()[name] == truth, name


@thorough
@given(some_names, some_names)
def test_categories_are_counted_as_python_counts_them(
    before: list[str | None], now: list[str | None]
) -> None:
    reference, window = texts(before, now)
    found = window.features["c"]
    assert isinstance(found, CategoricalProfile)
    counted = dict(zip(found.categories.names, found.counts.tolist(), strict=True))
    known = {name for name in before if name is not None}
    assert counted == {name: now.count(name) for name in known}
    assert found.other == sum(name is not None and name not in known for name in now)
    assert found.missing == now.count(None)
    assert reference.rows == len(before)


def test_composed_and_decomposed_letters_are_two_categories() -> None:
    before = ["né"] * 60 + ["ne\u0301"] * 40
    found = compared(texts(before, ["né"] * 40 + ["ne\u0301"] * 60))
    assert found.psi == psi([60, 40], [40, 60])
    assert found.chi_square == pytest.approx(
        stats.chi2_contingency([[60, 40], [40, 60]], correction=False).statistic, rel=1e-12
    )


def test_unseen_categories_share_the_cell_of_the_rare() -> None:
    before = ["a"] * 600 + ["b"] * 391 + ["rare"] * 9
    found = compared(texts(before, ["a"] * 100 + ["b"] * 60 + ["x"] * 30 + ["y"] * 10))
    assert found.psi == psi([600, 391, 9], [100, 60, 40])
    assert found.unseen_share == 0.2
    assert MIN_COUNT == 10


def test_a_category_that_the_window_expects_too_few_rows_of_is_rare() -> None:
    before = ["a"] * 880 + ["b"] * 60 + ["c"] * 30 + ["d"] * 30
    now = ["a"] * 12 + ["b"] * 4 + ["c"] * 3 + ["d"]
    assert len(now) * 30 / 1000 < MIN_EXPECTED <= len(now) * 60 / 1000
    assert compared(texts(before, now)).psi == psi([880, 60, 60], [12, 4, 4])


EMPTY: list[float | None] = []
EDGES_OF_THE_WORLD: dict[str, tuple[list[float | None], list[float | None]]] = {
    "no rows at all": (EMPTY, EMPTY),
    "no reference": (EMPTY, [1.0, 2.0]),
    "no window": ([1.0, 2.0], EMPTY),
    "all missing": ([None] * 5, [None] * 3),
    "missing now": ([1.0, 2.0], [None, None]),
    "only infinities": ([math.inf, -math.inf], [math.inf]),
}


@pytest.mark.parametrize("name", EDGES_OF_THE_WORLD)
def test_without_values_on_both_sides_there_is_no_distance(name: str) -> None:
    found = compared(numbers(*EDGES_OF_THE_WORLD[name]))
    distances = ("psi", "js", "kl", "ks", "hellinger", "total_variation", "wasserstein")
    assert [getattr(found, each) for each in distances] == [None] * len(distances)


def test_one_row_on_either_side() -> None:
    same, other = compared(numbers([3.0], [3.0])), compared(numbers([3.0], [4.5]))
    assert (same.psi, same.ks, same.wasserstein) == (0.0, 0.0, 0.0)
    assert (other.ks, other.wasserstein, other.total_variation) == (1.0, 1.5, 1.0)


def test_one_value_that_stays_and_one_that_leaves() -> None:
    stays = compared(numbers([7.0] * 500, [7.0] * 300))
    leaves = compared(numbers([7.0] * 500, [7.0] * 150 + [math.nextafter(7.0, 8.0)] * 150))
    assert (stays.psi, stays.ks, stays.hellinger) == (0.0, 0.0, 0.0)
    assert (leaves.ks, leaves.total_variation) == (0.5, 0.5)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1.0, 1e30, 1e150])
def test_the_statistics_do_not_depend_on_the_unit(scale: float) -> None:
    random = np.random.default_rng(37)
    before, now = random.normal(size=5000), random.normal(0.3, 1.1, 4000)
    one = compared(numbers(before.tolist(), now.tolist()))
    other = compared(numbers((scale * before).tolist(), (scale * now).tolist()))
    for name in ("psi", "js", "kl", "hellinger", "total_variation", "outlier_share"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-9, abs=1e-4), name
    assert other.ks == pytest.approx(one.ks, abs=1e-3)
    assert one.wasserstein is not None
    assert other.wasserstein == pytest.approx(scale * one.wasserstein, rel=1e-3)


def test_infinities_are_outliers_and_in_no_distance() -> None:
    random = np.random.default_rng(41)
    before, now = random.normal(size=1000).tolist(), random.normal(size=500).tolist()
    clean, dirty = compared(numbers(before, now)), compared(numbers(before, [*now, math.inf] * 1))
    assert dirty.psi == clean.psi
    assert dirty.wasserstein == clean.wasserstein
    assert clean.outlier_share is not None
    assert dirty.outlier_share == pytest.approx((clean.outlier_share * 500 + 1) / 501, rel=1e-12)


def test_outliers_are_numpys_beyond_the_fences() -> None:
    random = np.random.default_rng(43)
    before, now = random.normal(size=4001), 2 * random.standard_normal(2000)
    found = compared(numbers(before.tolist(), now.tolist()))
    low, high = np.quantile(before, [0.25, 0.75])
    reach = 1.5 * (high - low)
    beyond = np.mean((now < low - reach) | (now > high + reach))
    assert found.outlier_share == pytest.approx(beyond, abs=1e-3)
