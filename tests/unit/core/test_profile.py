from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from tidewatch.core.config import FeatureKind
from tidewatch.core.errors import DataError
from tidewatch.core.profile import (
    CategoricalProfile,
    NumericProfile,
    Profile,
    profile,
    reference_profile,
)

X = {"x": FeatureKind.NUMERIC}
C = {"c": FeatureKind.CATEGORICAL}


def numeric(whole: Profile) -> NumericProfile:
    feature = whole.features["x"]
    assert isinstance(feature, NumericProfile)
    return feature


def categorical(whole: Profile) -> CategoricalProfile:
    feature = whole.features["c"]
    assert isinstance(feature, CategoricalProfile)
    return feature


def xs(values: object, kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({"x": pa.array(values, kind)})


def cs(values: object, kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({"c": pa.array(values, kind)})


def test_moments_extremes_and_missing_values_are_those_of_the_rows() -> None:
    values = np.random.default_rng(1).lognormal(size=5000)
    table = xs([*values, None, None, math.nan, math.inf, -math.inf])
    summary = numeric(reference_profile(table, X))
    assert summary.mean == pytest.approx(values.mean(), rel=1e-12)
    assert summary.std == pytest.approx(values.std(), rel=1e-12)
    assert (summary.minimum, summary.maximum) == (values.min(), values.max())
    assert (summary.n, summary.missing, summary.non_finite) == (5000, 3, 2)
    assert summary.rows == 5005


def test_the_variance_of_values_far_from_zero_is_kept() -> None:
    values = 1e9 + np.random.default_rng(1).normal(size=5000)
    assert numeric(reference_profile(xs(values), X)).std == pytest.approx(values.std(), rel=1e-9)


def test_every_value_is_counted_in_its_right_closed_bin() -> None:
    random = np.random.default_rng(2)
    reference = reference_profile(xs(random.normal(size=9000)), X)
    edges = numeric(reference).edges.fine
    values = np.concatenate([random.normal(0, 3, size=2000), edges[::7], [-1e9, 1e9]])
    truth = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
    assert numeric(profile(xs(values), reference)).counts.tolist() == truth.tolist()


def test_the_bins_of_a_continuous_feature_hold_a_thousandth_each_and_less_in_the_tails() -> None:
    summary = numeric(reference_profile(xs(np.random.default_rng(3).normal(size=50_000)), X))
    assert summary.counts.max() <= 51
    assert summary.counts[:3].sum() < 10
    assert 1000 <= summary.edges.bins < 1200


def test_the_cells_of_a_continuous_feature_are_its_deciles() -> None:
    values = np.random.default_rng(4).normal(size=1000)
    summary = numeric(reference_profile(xs(values), X))
    assert summary.cells().tolist() == [100] * 10
    deciles = np.quantile(values, np.arange(1, 10) / 10)
    assert summary.edges.fine[summary.edges.coarse].tolist() == deciles.tolist()


@pytest.mark.parametrize(
    ("reference", "window", "cells"),
    [
        ([0.0] * 95 + [3.0] * 5, [0.0] * 5 + [3.0] * 5, [0, 5, 5]),
        ([0.0] * 70 + [1.0] * 30, [0.0, 1.0, 2.0, -1.0], [1, 1, 0, 1, 1]),
        ([5.0] * 100, [5.0, 4.0, 6.0, 7.0], [1, 1, 2]),
    ],
)
def test_a_value_that_fills_cells_is_one_apart_so_that_every_shift_shows(
    reference: list[float], window: list[float], cells: list[int]
) -> None:
    summary = profile(xs(window), reference_profile(xs(reference), X))
    assert numeric(summary).cells().tolist() == cells


def test_outliers_are_the_rows_beyond_tukeys_fences_and_the_infinities() -> None:
    values = np.random.default_rng(5).standard_t(2, size=4000)
    first, third = np.quantile(values, [0.25, 0.75], method="inverted_cdf")
    reach = 1.5 * (third - first)
    outside = ((values < first - reach) | (values > third + reach)).sum()
    summary = numeric(reference_profile(xs([*values, math.inf]), X))
    assert summary.outliers == outside + 1


def test_outliers_of_a_mostly_constant_feature_are_beyond_three_deviations() -> None:
    values = np.array([0.0] * 950 + [1.0] * 45 + [9.0] * 5)
    assert numeric(reference_profile(xs(values), X)).outliers == 5


@pytest.mark.parametrize("rows", [[], [None, None], [math.nan], [math.inf, -math.inf]])
def test_a_reference_without_a_value_still_profiles(rows: list[float | None]) -> None:
    reference = reference_profile(xs(rows, pa.float64()), X)
    summary = numeric(reference)
    assert (reference.rows, summary.n, summary.mean, summary.std) == (len(rows), 0, None, None)
    assert summary.outliers is None
    window = numeric(profile(xs([1.0, 2.0]), reference))
    assert (window.n, window.counts.tolist(), window.mean) == (2, [2], 1.5)


def test_one_row_is_a_reference() -> None:
    summary = numeric(reference_profile(xs([4.0]), X))
    assert (summary.n, summary.mean, summary.std, summary.outliers) == (1, 4.0, 0.0, 0)


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.uint64(), pa.int64(), pa.float32(), pa.decimal128(9, 2)]
)
def test_every_numeric_type_is_read(kind: pa.DataType) -> None:
    summary = numeric(reference_profile(xs([1, 3, None], kind), X))
    assert (summary.n, summary.mean, summary.missing) == (2, 2.0, 1)


def test_booleans_are_read_as_0_and_1_and_untyped_nulls_as_missing() -> None:
    assert numeric(reference_profile(xs([True, False, None]), X)).mean == 0.5
    assert numeric(reference_profile(xs([None, None]), X)).missing == 2


@pytest.mark.parametrize("values", [["1"], [[1.0]]])
def test_a_column_that_is_not_numeric_is_refused_with_its_type(values: object) -> None:
    with pytest.raises(DataError, match="a column of type"):
        reference_profile(xs(values), X)


def test_a_column_that_is_absent_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="feature 'x': found columns \\['c'\\]"):
        reference_profile(cs(["a"]), X)


def test_the_input_is_left_as_it_was() -> None:
    table = xs([3.0, 1.0, 2.0])
    profile(table, reference_profile(table, X))
    assert table["x"].to_pylist() == [3.0, 1.0, 2.0]


def test_batches_are_streamed_once_and_add_up_to_the_table() -> None:
    table = pa.table({"x": np.random.default_rng(6).normal(size=1000), "c": ["a", "b"] * 500})
    reference = reference_profile(table, X | C)

    def once() -> Iterator[pa.RecordBatch]:
        yield from table.to_batches(max_chunksize=7)

    streamed, whole = profile(once(), reference), profile(table, reference)
    assert streamed.rows == whole.rows == 1000
    assert numeric(streamed).counts.tolist() == numeric(whole).counts.tolist()
    assert numeric(streamed).std == pytest.approx(numeric(whole).std, rel=1e-12)
    assert categorical(streamed).counts.tolist() == [500, 500]


def test_no_batches_are_an_empty_profile() -> None:
    reference = reference_profile(pa.table({"x": [1.0], "c": ["a"]}), X | C)
    empty = profile([], reference)
    assert (empty.rows, numeric(empty).rows, categorical(empty).rows) == (0, 0, 0)


CATEGORIES = ["b", "a", "b", "ü🌊", "", None]


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.int32(), pa.large_string()),
    ],
)
def test_categories_are_counted_exactly_whatever_the_text_type(kind: pa.DataType) -> None:
    summary = categorical(reference_profile(cs(CATEGORIES, kind), C))
    assert dict(zip(summary.categories.names, summary.counts.tolist(), strict=True)) == {
        "b": 2,
        "": 1,
        "a": 1,
        "ü🌊": 1,
    }
    assert (summary.n, summary.missing, summary.other) == (5, 1, 0)


def test_nulls_and_repeats_inside_a_dictionary_are_understood() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 2, None]), ["a", None, "a"])
    summary = categorical(reference_profile(pa.table({"c": column}), C))
    assert (summary.categories.names, summary.counts.tolist(), summary.missing) == (("a",), [3], 2)


def test_columns_that_are_not_text_are_categories_by_their_text() -> None:
    summary = categorical(reference_profile(cs([1, 2, 1]), C))
    assert summary.categories.names == ("1", "2")


def test_unseen_categories_are_counted_and_named() -> None:
    window = categorical(profile(cs(["a", "new", "new", None]), reference_profile(cs(["a"]), C)))
    assert (window.counts.tolist(), window.other, window.missing) == ([1], 2, 1)
    assert window.sample == {"new": 2}


def test_past_the_cap_categories_share_one_count() -> None:
    names = [f"id-{i}" for i in range(10_050)]
    summary = categorical(reference_profile(cs([*names, "id-7"]), C))
    assert len(summary.categories.names) == 10_000
    assert summary.categories.names[0] == "id-7"
    assert (summary.n, summary.other, len(summary.sample)) == (10_051, 50, 50)
