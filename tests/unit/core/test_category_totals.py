"""Categories counted without knowing them are those counted when they are known."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewatch.core.profile import category_totals
from tidewatch.core.profile.category_totals import CategoryTotals
from tidewatch.core.profile.tally import MergingTally

pieces = st.lists(
    st.lists(st.none() | st.sampled_from(["a", "b", "c", "ç", ""]) | st.text(max_size=2)),
    max_size=4,
)


def totals_of(pieces: list[list[str | None]]) -> CategoryTotals:
    totals = CategoryTotals()
    for piece in pieces:
        totals.add(pa.array(piece, pa.string()))
    return totals


@given(pieces, st.integers(0, 4))
def test_one_pass_counts_what_two_count(pieces: list[list[str | None]], limit: int) -> None:
    found = totals_of(pieces).profile(limit)
    again = MergingTally(found)
    for piece in pieces:
        again.add(pa.array(piece, pa.string()))
    assert str(found.to_document()) == str(again.profile().to_document())


@given(pieces)
def test_the_most_frequent_come_first_and_ties_go_by_name(pieces: list[list[str | None]]) -> None:
    counts = Counter(value for piece in pieces for value in piece if value is not None)
    expected = sorted(counts, key=lambda name: (-counts[name], name))
    found = totals_of(pieces).profile()
    assert list(found.categories.names) == expected
    assert found.counts.tolist() == [counts[name] for name in expected]


def test_too_many_categories_lose_the_rarest_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(category_totals, "_KEPT", 10)
    often = ["often", "much"] * 5
    totals = totals_of([[*often, *(f"{piece}-{i}" for i in range(9))] for piece in range(4)])
    assert not totals.is_complete
    assert totals.profile(2).categories.names == ("much", "often")
