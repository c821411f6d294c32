"""The compiled way of counting a column counts what sorting counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tidewatch.core.profile.build import numeric_reference
from tidewatch.core.profile.categorical import Categories, count_categorical
from tidewatch.core.profile.compiled import CompiledCategories, CompiledTally
from tidewatch.core.profile.edges import Floats
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


def _normal(random: np.random.Generator, rows: int) -> Floats:
    return random.normal(1e6, 1, rows)


def _lognormal(random: np.random.Generator, rows: int) -> Floats:
    return random.lognormal(0, 3, rows)


def _cauchy(random: np.random.Generator, rows: int) -> Floats:
    return random.standard_cauchy(rows)


def _ties(random: np.random.Generator, rows: int) -> Floats:
    return random.poisson(2, rows).astype(np.float64)


@pytest.mark.parametrize("draw", [_normal, _lognormal, _cauchy, _ties])
def test_samples_are_counted_alike(draw: Callable[[np.random.Generator, int], Floats]) -> None:
    random = np.random.default_rng(0)
    edges = numeric_reference(np.sort(draw(random, 20_000))).edges
    column = pa.array(draw(random, 30_000), mask=random.random(30_000) < 0.03)
    tally = CompiledTally(edges)
    tally.add(column)
    assert_same(tally.profile(), count_numeric(column, edges))


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
