"""Pieces of a block, cut out and laid end to end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidewatch.core.capture.columnar.lines import Mask, Positions, sparse

_NEWLINE, _RETURN, _QUOTE, _BACKSLASH, _N = b'\n\r"\\n'
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def cut(block: bytes, starts: Positions, ends: Positions) -> pa.BinaryArray:
    """`block[start:end]` for each, which follow one another; without a gap in memory."""
    offsets = np.zeros(2 * len(starts) + 1, np.int32)
    offsets[0:-1:2], offsets[1::2] = starts, ends
    offsets[-1] = offsets[-2] if len(starts) else 0
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
    between = pa.Array.from_buffers(pa.binary(), 2 * len(starts), buffers)
    return between.take(pa.array(np.arange(0, 2 * len(starts), 2)))


def bytes_of(array: pa.Array) -> NDArray[np.uint8]:
    """The bytes that the texts of `array` lie in, end to end."""
    offsets = offsets_of(array)
    data = array.buffers()[2]
    if data is None:
        return np.empty(0, np.uint8)
    return np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]


def offsets_of(array: pa.Array) -> NDArray[np.int32]:
    """Where each text of `array` starts, and where the last one ends."""
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(1, np.int32)
    return np.frombuffer(buffer, np.int32)[array.offset : array.offset + len(array) + 1]


def as_text(array: pa.Array) -> pa.StringArray:
    """Bytes that are known to be UTF-8, as text."""
    return array.view(pa.string())


def has_escapes(array: pa.Array) -> Mask:
    """Which of the texts have a backslash in them."""
    if not (bytes_of(array) == _BACKSLASH).any():
        return np.zeros(len(array), bool)
    found: Mask = pc.match_substring(array, "\\").to_numpy(zero_copy_only=False)
    return found


def unescaped(text: bytes) -> bytes:
    """A string of a regular line as JSON means it: see `Lines`."""
    return text.replace(b"\\n", b"\n").replace(b'\\"', b'"') if b"\\" in text else text


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

    def part(self, first: int, last: int) -> NDArray[np.uint8] | None:
        """The payloads from `first` to before `last`; None if a reader could take them amiss."""
        data = self.data[self.bounds[first] : self.bounds[last]]
        is_odd = (data == _QUOTE).any() or data[:3].tobytes() == _BYTE_ORDER_MARK
        return None if is_odd else data


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
