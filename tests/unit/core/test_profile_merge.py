"""Merging is exact for counts, associative and commutative, whatever the rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewatch.core.config import FeatureKind
from tidewatch.core.errors import BaselineError
from tidewatch.core.profile import (
    CategoricalProfile,
    NumericProfile,
    Profile,
    merge,
    profile,
    reference_profile,
)

KINDS = {"x": FeatureKind.NUMERIC, "c": FeatureKind.CATEGORICAL}
thorough = settings(max_examples=60)

numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.integers(-5, 5)
texts = st.none() | st.sampled_from("abcdefgh") | st.text(max_size=3)
rows = st.lists(st.tuples(numbers, texts), max_size=30)
Rows = Sequence[tuple[float | None, str | None]]


def table(of: Rows) -> pa.Table:
    return pa.table(
        {
            "x": pa.array([x for x, _ in of], pa.float64()),
            "c": pa.array([c for _, c in of], pa.string()),
        }
    )


def counts(of: Profile) -> dict[str, object]:
    """All that merging promises to keep exact."""
    x, c = of.features["x"], of.features["c"]
    assert isinstance(x, NumericProfile)
    assert isinstance(c, CategoricalProfile)
    numeric = (x.counts.tolist(), x.missing, x.non_finite, x.minimum, x.maximum, x.outliers)
    categorical = (c.counts.tolist(), c.other, list(c.sample.items()), c.missing)
    return {"rows": of.rows, "x": numeric, "c": categorical}


@thorough
@given(rows, rows, rows)
def test_merged_counts_are_those_of_all_rows_in_any_order_and_grouping(
    first: Rows, second: Rows, third: Rows
) -> None:
    reference = reference_profile(table(first), KINDS)
    a, b, c = (profile(table(part), reference) for part in (first, second, third))
    whole = counts(profile(table([*first, *second, *third]), reference))
    assert counts(merge(merge(a, b), c)) == whole
    assert counts(merge(a, merge(b, c))) == whole
    assert counts(merge(merge(c, b), a)) == whole


@thorough
@given(rows)
def test_the_empty_profile_changes_nothing(some: Rows) -> None:
    reference = reference_profile(table(some), KINDS)
    empty = profile([], reference)
    assert counts(merge(reference, empty)) == counts(merge(empty, reference)) == counts(reference)


@thorough
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.integers(0, 60))
def test_merged_moments_are_those_of_all_rows_to_rounding(values: list[float], cut: int) -> None:
    part = pa.table({"x": pa.array(values, pa.float64()), "c": pa.nulls(len(values), pa.string())})
    reference = reference_profile(part, KINDS)
    merged = merge(profile(part[:cut], reference), profile(part[cut:], reference)).features["x"]
    assert isinstance(merged, NumericProfile)
    assert merged.mean == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)
    assert merged.std == pytest.approx(np.std(values), rel=1e-6, abs=1e-6)


def test_the_sample_of_many_unseen_categories_does_not_depend_on_the_order() -> None:
    reference = reference_profile(table([(1.0, "a")]), KINDS)
    parts = [
        profile(table([(1.0, f"new {i % 170}") for i in range(at, at + 150)]), reference)
        for at in (0, 90, 400)
    ]
    forwards = merge(merge(parts[0], parts[1]), parts[2])
    backwards = merge(parts[2], merge(parts[1], parts[0]))
    assert counts(forwards) == counts(backwards)
    unseen = forwards.features["c"]
    assert isinstance(unseen, CategoricalProfile)
    assert (unseen.other, len(unseen.sample)) == (450, 100)


Change = Callable[[Rows], Rows]


@pytest.mark.parametrize(
    "change",
    [lambda some: [(9.0, c) for _, c in some], lambda some: [(x, "other") for x, _ in some]],
)
def test_profiles_of_two_baselines_are_not_merged(change: Change) -> None:
    some: Rows = [(1.0, "a"), (2.0, "b")]
    with pytest.raises(BaselineError, match="binned by one baseline"):
        merge(reference_profile(table(some), KINDS), reference_profile(table(change(some)), KINDS))


def test_profiles_of_other_features_or_kinds_are_not_merged() -> None:
    some = table([(1.0, "a")])
    whole = reference_profile(some, KINDS)
    with pytest.raises(BaselineError, match="features"):
        merge(whole, reference_profile(some, {"x": FeatureKind.NUMERIC}))
    as_text = reference_profile(some, dict.fromkeys(KINDS, FeatureKind.CATEGORICAL))
    with pytest.raises(BaselineError, match="feature 'x'"):
        merge(whole, as_text)


def test_sums_that_left_the_range_of_floats_stay_unknown() -> None:
    reference = reference_profile(table([(1e308, "a")] * 3 + [(-1e308, "a")]), KINDS)
    merged = merge(reference, reference).features["x"]
    assert isinstance(merged, NumericProfile)
    assert (merged.n, merged.std, merged.maximum) == (8, None, 1e308)
    assert math.isnan(merged.m2)
