"""Which windows are closed, and which of them are to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tidewatch.core.window import Window, windows_between

MAX_GAP = 100
"""So many empty windows in a row are judged; after that the silence has been said often enough.

It also keeps one record with an absurd event time from making a million windows."""


@dataclass(frozen=True)
class Span:
    """Event times of some rows: the first and the last."""

    first: datetime
    last: datetime


def closed_windows(
    spans: Iterable[Span], watermark: datetime, length: timedelta, lateness: timedelta
) -> Iterator[Window]:
    """The windows, in order, that no record is expected for any more at `watermark`.

    A window is closed when its end lies `lateness` or more before the watermark. Windows start
    with the first rows; empty ones between rows and up to the watermark are included, at most
    `MAX_GAP` in a row.
    """
    limit = watermark - lateness
    following: Window | None = None
    for span in _joined(spans, length):
        first = Window.containing(span.first, length)
        if following is not None:
            yield from _gap(following, min(first.start, limit))
        for window in windows_between(span.first, limit, length):
            if window.start > span.last:
                break
            yield window
        last = Window.containing(span.last, length)
        following = Window(last.end, last.end + length)
    if following is not None:
        yield from _gap(following, limit)


def _gap(first: Window, end: datetime) -> Iterator[Window]:
    length = first.end - first.start
    reach = min(end, first.start + MAX_GAP * length)
    return windows_between(first.start, reach, length)


def _joined(spans: Iterable[Span], length: timedelta) -> Iterator[Span]:
    """`spans` in order, those that share a window made one."""
    joined: Span | None = None
    for span in sorted(spans, key=lambda item: item.first):
        if joined is None:
            joined = span
        elif span.first < Window.containing(joined.last, length).end:
            joined = Span(joined.first, max(joined.last, span.last))
        else:
            yield joined
            joined = span
    if joined is not None:
        yield joined
