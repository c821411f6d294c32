"""Windows: half-open intervals of event time, aligned to the Unix epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Window:
    """The half-open interval `[start, end)` of event time, in UTC.

    >>> window = Window.containing(datetime(2013, 4, 3, tzinfo=UTC), timedelta(days=7))
    >>> str(window)
    '2013-03-28T00:00:00Z/2013-04-04T00:00:00Z'
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"a window needs aware times: found {self.start!r}, {self.end!r}")
        if self.start >= self.end:
            raise ValueError(f"a window must not be empty: found {self.start} to {self.end}")

    @classmethod
    def containing(cls, moment: datetime, length: timedelta) -> Window:
        """The aligned window of `length` that holds `moment`."""
        start = EPOCH + ((moment - EPOCH) // length) * length
        return cls(start, start + length)

    @classmethod
    def parse(cls, text: str) -> Window:
        """The inverse of `str(window)`: two ISO 8601 times joined by a slash."""
        start, _, end = text.partition("/")
        return cls(datetime.fromisoformat(start), datetime.fromisoformat(end))

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def __str__(self) -> str:
        return f"{_zulu(self.start)}/{_zulu(self.end)}"


def windows_between(first: datetime, last: datetime, length: timedelta) -> Iterator[Window]:
    """The aligned windows from the one holding `first` to the last that ends by `last`."""
    window = Window.containing(first, length)
    while window.end <= last:
        yield window
        window = Window(window.end, window.end + length)


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
