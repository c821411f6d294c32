"""Pieces of a block, cut out and laid end to end."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidewatch.core.capture.columnar.lines import Mask, Positions

_BACKSLASH = b"\\"[0]


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


def nulled(array: pa.StringArray) -> pa.StringArray:
    """The texts, which are none of them null, null where they are empty."""
    full = np.diff(offsets_of(array)) > 0
    if full.all():
        return array
    before = np.zeros(array.offset, bool)
    is_full = pa.py_buffer(np.packbits(np.concatenate((before, full)), bitorder="little"))
    _, offsets, data = array.buffers()
    return pa.StringArray.from_buffers(len(array), offsets, data, is_full, offset=array.offset)
