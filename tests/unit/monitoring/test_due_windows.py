"""Which windows are closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewatch.core.window import Window
from tidewatch.monitoring.due_windows import MAX_GAP, Span, closed_windows

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2013, 4, 1, tzinfo=UTC)


def _span(first: float, last: float) -> Span:
    return Span(START + first * DAY, START + last * DAY)


def _days(*spans: Span, watermark: float) -> list[int]:
    windows = closed_windows(spans, START + watermark * DAY, DAY, HOUR)
    return [(window.start - START).days for window in windows]


def test_a_window_closes_when_its_lateness_is_over() -> None:
    assert _days(_span(0, 0.9), watermark=1.0) == []
    assert _days(_span(0, 0.9), watermark=1 + 1 / 24) == [0]


def test_windows_start_with_the_first_rows_and_empty_ones_between_are_included() -> None:
    assert _days(_span(4.1, 4.2), _span(1, 1.1), watermark=4.5) == [1, 2, 3]


def test_empty_windows_up_to_the_watermark_are_included() -> None:
    assert _days(_span(0, 0.1), watermark=3.5) == [0, 1, 2]


def test_a_long_silence_is_said_for_a_while_only() -> None:
    assert len(_days(_span(0, 0.1), watermark=5000)) == 1 + MAX_GAP


def test_one_record_of_long_ago_does_not_make_a_million_windows() -> None:
    days = _days(_span(-15000, -15000), _span(0, 0.1), watermark=1.5)
    assert days[0] == -15000
    assert days[-1] == 0
    assert len(days) == MAX_GAP + 2


def test_spans_that_share_a_window_make_it_once() -> None:
    assert _days(_span(0, 0.2), _span(0.1, 1.5), _span(1.6, 1.7), watermark=3.1) == [0, 1, 2]


def test_without_rows_there_is_no_window() -> None:
    assert _days(watermark=10) == []


@given(
    moments=st.lists(st.integers(0, 60 * 24 * 30), min_size=1, max_size=20),
    watermark=st.integers(0, 60 * 24 * 30),
    length=st.sampled_from([15, 60, 1440, 10080]),
)
def test_every_closed_window_with_rows_is_there_once_and_in_order(
    moments: list[int], watermark: int, length: int
) -> None:
    times = [START + timedelta(minutes=minute) for minute in moments]
    size, limit = timedelta(minutes=length), START + timedelta(minutes=watermark)
    windows = list(closed_windows([Span(t, t) for t in times], limit, size, HOUR))
    assert windows == sorted(set(windows))
    assert all(window.end + HOUR <= limit for window in windows)
    filled = {Window.containing(time, size) for time in times}
    assert {window for window in filled if window.end + HOUR <= limit} <= set(windows)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_watermark_at_the_end_of_time_is_no_error(year: int) -> None:
    watermark = datetime(year, 6, 1, tzinfo=UTC)
    list(closed_windows([_span(0, 1)], watermark, DAY, HOUR))
