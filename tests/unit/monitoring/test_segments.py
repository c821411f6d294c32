"""Segments are named by the baseline's most frequent values."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.monitoring.world import baseline
from tidewatch.core.errors import BaselineError
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.profile import Baseline, reference_profile
from tidewatch.monitoring.segments import MAX_VALUES, segment_names, slices, with_segments


def rows(*carriers: str | None) -> pa.Table:
    return pa.table({"carrier": pa.array(carriers, pa.string()), "score": [0.5] * len(carriers)})


def with_carriers(names: list[str]) -> Baseline:
    features = reference_profile(pa.table({"carrier": names}), {"carrier": FeatureKind.CATEGORICAL})
    return Baseline(features, features, {}, {})


def test_values_unseen_in_the_baseline_share_a_segment_and_nulls_have_their_own() -> None:
    found = with_segments(rows("UA", None, "XX", "AA", "YY"), ["carrier"], baseline())
    assert {name: part.num_rows for name, part in slices(found, ["carrier"])} == {
        "carrier=UA": 1,
        "carrier=AA": 1,
        "carrier=(other)": 2,
        "carrier=(missing)": 1,
    }


def test_the_most_frequent_values_have_a_segment_each() -> None:
    names = [f"c{i:02}" for i in range(30) for _ in range(100 - i)]
    found = with_segments(rows(*names), ["carrier"], with_carriers(names))
    parts = {name: part.num_rows for name, part in slices(found, ["carrier"])}
    assert len(parts) == MAX_VALUES + 1
    assert parts["carrier=c00"] == 100
    assert parts["carrier=(other)"] == sum(100 - i for i in range(20, 30))


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=30), st.sets(st.text(max_size=3))
)
def test_every_row_is_in_one_segment_of_its_feature(
    values: list[str | None], known: set[str]
) -> None:
    column = pa.chunked_array([pa.array(values, pa.string())])
    names = segment_names(column, "f", sorted(known)).to_pylist()
    assert len(names) == len(values)
    for value, name in zip(values, names, strict=True):
        expected = "(missing)" if value is None else value if value in known else "(other)"
        assert name == f"f={expected}"


def test_a_feature_that_the_baseline_does_not_know_is_an_error() -> None:
    with pytest.raises(BaselineError, match=r"monitoring\.segments: temp"):
        with_segments(pa.table({"temp": [1.0]}), ["temp"], baseline())
