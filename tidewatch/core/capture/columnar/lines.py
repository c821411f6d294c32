"""The lines of a block of capture: where they start and end, and where their quotes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tidewatch.core.capture import envelope

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

_NEWLINE, _SPACE, _QUOTE, _BACKSLASH, _N = b'\n "\\n'
_LAST_ASCII = 127


@dataclass(frozen=True)
class Lines:
    """The lines of `block` that are not blank.

    Line i is `block[starts[i]:ends[i]]`, the `numbers[i]`th, and the quotes that JSON sees in it
    are `quotes[first_quotes[i]:first_quotes[i + 1]]`. That holds for `regular` lines only: UTF-8,
    without control characters, and with no other escapes than of a line end or a quote.
    """

    block: bytes
    starts: Positions
    ends: Positions
    numbers: Positions
    regular: Mask
    quotes: Positions
    first_quotes: Positions

    def text(self, line: int) -> bytes:
        """The line, without its end."""
        return self.block[self.starts[line] : self.ends[line]]


def lines_of(block: bytes, first: int) -> Lines:
    """The lines of `block`, which starts with line number `first` of its file."""
    array = np.frombuffer(block, np.uint8)
    marks, kinds = _marks(array)
    ends = marks[kinds == _NEWLINE]
    control = marks[(kinds < _SPACE) & (kinds != _NEWLINE)]
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    quotes, irregular = _quotes(array, marks[kinds == _QUOTE], marks[kinds == _BACKSLASH])
    irregular = np.concatenate((control, irregular, _not_utf8(block, array)))
    regular = ends - starts <= envelope.MAX_BYTES
    regular[np.searchsorted(ends, irregular)] = False
    kept = _not_blank(block, starts, ends)
    firsts = np.searchsorted(quotes, starts)
    return Lines(
        block=block,
        starts=starts[kept],
        ends=ends[kept],
        numbers=first + np.flatnonzero(kept),
        regular=regular[kept],
        quotes=quotes,
        first_quotes=np.append(firsts[kept], len(quotes)),
    )


def sparse(mask: Mask) -> Positions:
    """`np.flatnonzero`, several times as fast where little is true.

    >>> sparse(np.array([False] * 10 + [True, False, True])).tolist()
    [10, 12]
    """
    whole = len(mask) - len(mask) % 8
    words = mask[:whole].reshape(-1, 8)
    some = np.flatnonzero(words.view(np.uint64).ravel())
    within = np.flatnonzero(words[some])
    rest = whole + np.flatnonzero(mask[whole:])
    return np.concatenate((some[within >> 3] * 8 + (within & 7), rest))


def _marks(array: NDArray[np.uint8]) -> tuple[Positions, NDArray[np.uint8]]:
    """Where quotes, backslashes and control characters are, and which of them."""
    is_mark = array == _QUOTE
    is_mark |= array == _BACKSLASH
    is_mark |= array < _SPACE
    marks = np.flatnonzero(is_mark)
    return marks, array[marks]


def _quotes(
    array: NDArray[np.uint8], quotes: Positions, escapes: Positions
) -> tuple[Positions, Positions]:
    """The quotes that are not escaped, and the escapes of anything but a line end or a quote."""
    escaped = array.take(escapes + 1, mode="clip")
    is_quote = escaped == _QUOTE
    if is_quote.any():
        quotes = np.delete(quotes, np.searchsorted(quotes, escapes[is_quote] + 1))
    return quotes, escapes[~is_quote & (escaped != _N)]


def _not_utf8(block: bytes, array: NDArray[np.uint8]) -> Positions:
    """Bytes beyond ASCII, if the block is not UTF-8 throughout."""
    if not len(array) or array.max() <= _LAST_ASCII:
        return np.empty(0, np.int64)
    whole = pa.array([block], pa.large_binary())
    try:
        whole.cast(pa.large_string())
    except pa.ArrowInvalid:
        return np.flatnonzero(array > _LAST_ASCII)
    return np.empty(0, np.int64)


def _not_blank(block: bytes, starts: Positions, ends: Positions) -> Mask:
    kept = ends > starts
    array = np.frombuffer(block, np.uint8)
    maybe = np.flatnonzero(kept)
    maybe = maybe[array[starts[maybe]] <= _SPACE]
    for line in maybe.tolist():
        kept[line] = bool(block[starts[line] : ends[line]].strip())
    return kept
