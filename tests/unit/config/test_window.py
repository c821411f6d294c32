"""Windows are half-open, aligned, and never ambiguous."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewatch.core.window import Window, windows_between

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)
LENGTHS = st.integers(1, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(MOMENTS, LENGTHS)
def test_the_window_of_a_moment_holds_it_and_has_the_length(
    moment: datetime, length: timedelta
) -> None:
    window = Window.containing(moment, length)
    assert moment in window
    assert window.end - window.start == length


@given(MOMENTS, LENGTHS)
def test_a_window_reads_back_from_its_text(moment: datetime, length: timedelta) -> None:
    window = Window.containing(moment, length)
    assert Window.parse(str(window)) == window


@given(MOMENTS, LENGTHS, st.integers(0, 20))
def test_windows_between_are_adjacent_and_closed(
    first: datetime, length: timedelta, count: int
) -> None:
    last = first + count * length
    windows = list(windows_between(first, last, length))
    assert all(window.end <= last for window in windows)
    assert all(a.end == b.start for a, b in pairwise(windows))
    assert len(windows) in (count, max(count - 1, 0))


def test_the_end_is_outside_and_the_start_inside() -> None:
    window = Window.parse("2013-04-01T00:00:00Z/2013-04-02T00:00:00Z")
    assert window.start in window
    assert window.end not in window


def test_naive_or_empty_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Window(datetime(2013, 1, 1), datetime(2013, 1, 2))
    moment = datetime(2013, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="empty"):
        Window(moment, moment)
