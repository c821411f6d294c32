"""The compiled way of counting a column counts what sorting counts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tidewatch.core.profile.build import numeric_reference
from tidewatch.core.profile.categorical import Categories, count_categorical
from tidewatch.core.profile.compiled import CompiledCategories, CompiledTally
from tidewatch.core.profile.numeric import NumericProfile, count_numeric, merge_numeric
from tidewatch.core.profile.tally import WORTH_COMPILING, MergingTally, tallies

FLOATS = npst.arrays(
    np.float64,
    st.integers(0, 60),
    elements=st.one_of(st.floats(), st.integers(-3, 3).map(float), st.just(-0.0)),
)


def assert_same(found: NumericProfile, expected: NumericProfile) -> None:
    assert found.counts.tolist() == expected.counts.tolist()
    assert found.registers.tolist() == expected.registers.tolist()
    assert (found.missing, found.non_finite) == (expected.missing, expected.non_finite)
    assert (found.minimum, found.maximum) == (expected.minimum, expected.maximum)
    scale = max(abs(expected.minimum), abs(expected.maximum)) if expected.n else 0.0
    if scale < 1e100:  # beyond, squares leave the range of floats, each way at its own point
        np.testing.assert_allclose(found.sums, expected.sums, rtol=1e-12, atol=1e-12 * scale)
        assert found.m2 == pytest.approx(expected.m2, rel=1e-9, abs=1e-9 * scale**2)


@settings(deadline=None)  # the first call compiles
@given(FLOATS, st.lists(st.tuples(FLOATS, st.booleans()), max_size=4), st.integers(1, 40))
def test_numbers_are_counted_alike(
    reference: np.ndarray, pieces: list[tuple[np.ndarray, bool]], bins: int
) -> None:
    edges = numeric_reference(np.sort(reference), bins).edges
    tally = CompiledTally(edges)
    expected = count_numeric(pa.array([], pa.float64()), edges)
    for values, has_gaps in pieces:
        mask = np.arange(len(values)) % 3 == 0 if has_gaps else None
        column = pa.array(values, mask=mask)
        column = column.slice(1) if len(values) > 9 else column  # an offset into the bitmap
        tally.add(column)
        expected = merge_numeric(expected, count_numeric(column, edges))
    assert_same(tally.profile(), expected)


@pytest.mark.parametrize("name", ["normal", "lognormal", "standard_cauchy", "poisson"])
def test_samples_are_counted_alike(name: str) -> None:
    random = np.random.default_rng(0)
    draw = {
        "normal": lambda n: random.normal(1e6, 1, n),
        "lognormal": lambda n: random.lognormal(0, 3, n),
        "standard_cauchy": random.standard_cauchy,
        "poisson": lambda n: random.poisson(2, n).astype(float),
    }[name]
    edges = numeric_reference(np.sort(draw(20_000))).edges
    column = pa.array(draw(30_000), mask=random.random(30_000) < 0.03)
    tally = CompiledTally(edges)
    tally.add(column)
    assert_same(tally.profile(), count_numeric(column, edges))


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.lists(st.sampled_from(["a", "b", "ç", "", None]), max_size=20), max_size=4))
def test_categories_are_counted_alike(pieces: list[list[str | None]]) -> None:
    categories = Categories(("b", "a"))
    tally = CompiledCategories(categories)
    merged = MergingTally(count_categorical(pa.array([], pa.string()), categories))
    for piece in pieces:
        column = pa.array(piece, pa.string()).dictionary_encode()
        tally.add(column)
        merged.add(column)
    assert tally.profile().to_document()["counts"].tolist() == (
        merged.profile().to_document()["counts"].tolist()
    )
    assert tally.profile().missing == merged.profile().missing
    assert tally.profile().rows == sum(map(len, pieces))


def test_few_values_are_sorted_and_many_compiled() -> None:
    like = numeric_reference(np.arange(10.0))
    assert isinstance(tallies(1000)(like), MergingTally)
    assert isinstance(tallies(WORTH_COMPILING)(like), CompiledTally)
