"""CSV payloads, laid end to end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tidewatch.core.capture.columnar.lines import Mask, Positions, sparse
from tidewatch.core.capture.columnar.texts import bytes_of, cut, offsets_of

_NEWLINE, _RETURN, _QUOTE, _COMMA, _BACKSLASH, _N = b'\n\r",\\n'
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class CsvTexts:
    """CSV payloads laid end to end in `data`, each of them ended by one line end.

    Payload i is `data[bounds[i]:bounds[i + 1]]`, and has `rows[i]` rows if no line of it is empty.
    """

    data: NDArray[np.uint8]
    bounds: Positions
    rows: Positions

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, payloads: Mask) -> CsvTexts:
        """Some of the payloads."""
        sizes = np.diff(self.bounds)
        bounds = np.concatenate(([0], np.cumsum(sizes[payloads])))
        return CsvTexts(self.data[np.repeat(payloads, sizes)], bounds, self.rows[payloads])

    @property
    def may_mislead(self) -> bool:
        """Whether there is a quote, or a byte order mark that a reader would pass over."""
        return bool((self.data == _QUOTE).any()) or self.data[:3].tobytes() == _BYTE_ORDER_MARK

    def are_plain(self, width: int) -> Mask:
        """Which payloads have no quotes, and only rows of `width` fields that are not empty."""
        plain: Mask = self.data[self.bounds[:-1]] != _BYTE_ORDER_MARK[0]
        quotes = np.flatnonzero(self.data == _QUOTE)
        plain[np.searchsorted(self.bounds, quotes, "right") - 1] = False
        odd = (self.widths() != width) | self._empty()
        plain[np.repeat(np.arange(len(self)), self.rows)[odd]] = False
        return plain

    def first_width(self) -> int:
        """How many fields the first row has."""
        first_line = self.data[: int(np.argmax(self.data == _NEWLINE))]
        return 1 + int(np.count_nonzero(first_line == _COMMA))

    def widths(self) -> Positions:
        """How many fields each row has, as its commas tell."""
        commas = np.flatnonzero(self.data == _COMMA)
        return 1 + np.diff(np.searchsorted(commas, self._line_ends), prepend=0)

    def _empty(self) -> Mask:
        sizes = np.diff(self._line_ends, prepend=-1) - 1
        is_returned = self.data[self._line_ends - 1] == _RETURN
        empty: Mask = sizes == (is_returned & (sizes > 0))
        return empty

    @cached_property
    def _line_ends(self) -> Positions:
        return sparse(self.data == _NEWLINE)


def csv_in_json(block: bytes, starts: Positions, ends: Positions) -> CsvTexts:
    """The payloads that the JSON strings from `starts` to `ends` of regular lines are."""
    array = np.frombuffer(block, np.uint8)
    is_ended = (ends - starts > 1) & (array[ends - 1] == _N) & (array[ends - 2] == _BACKSLASH)
    ends = ends - 2 * is_ended
    # One byte more makes room for the line end: it is the quote, or the escape of a line end.
    texts = cut(block, starts, ends + 1)
    data, bounds = bytes_of(texts).copy(), offsets_of(texts).astype(np.int64)
    data[bounds[1:] - 1] = _NEWLINE
    escapes = sparse(data == _BACKSLASH)
    escapes = escapes[data[escapes + 1] == _N]
    data[escapes], data[escapes + 1] = _RETURN, _NEWLINE
    return CsvTexts(data, bounds, _lines_in(escapes, bounds))


def csv_in_bytes(payloads: list[bytes]) -> CsvTexts:
    """The payloads as they are."""
    texts = [_with_one_end(payload) for payload in payloads]
    data = np.frombuffer(b"".join(texts), np.uint8)
    bounds = np.concatenate(([0], np.cumsum([len(text) for text in texts], dtype=np.int64)))
    line_ends = sparse(data == _NEWLINE)
    is_last = np.isin(line_ends, bounds[1:] - 1, assume_unique=True)
    return CsvTexts(data, bounds, _lines_in(line_ends[~is_last], bounds))


def _with_one_end(payload: bytes) -> bytes:
    if b"\r" in payload:
        payload = payload.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return payload if payload.endswith(b"\n") else payload + b"\n"


def _lines_in(line_ends: Positions, bounds: Positions) -> Positions:
    """How many lines each text has, by the line ends inside it."""
    if not len(line_ends):
        return np.ones(len(bounds) - 1, np.int64)
    return 1 + np.diff(np.searchsorted(line_ends, bounds))
