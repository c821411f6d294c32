"""Arrow to NumPy and back, without the conversions that import pandas where it is installed.

That takes longer than to profile a million rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def texts(names: Sequence[str]) -> pa.Array:
    """An array of type string.

    >>> texts(["a", "", "ç"]).to_pylist()
    ['a', '', 'ç']
    """
    encoded = [name.encode() for name in names]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(name) for name in encoded], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def integers(values: NDArray[np.int64]) -> pa.Array:
    """An array of type int64."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def booleans(values: NDArray[np.bool_]) -> pa.Array:
    """An array of type bool."""
    bits = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def floats(column: pa.Array) -> NDArray[np.float64]:
    """The values of an array of type float64, a copy; NaN where there is none."""
    bitmap, data = column.buffers()
    if data is None:
        return np.full(len(column), np.nan)
    span = slice(column.offset, column.offset + len(column))
    values = np.frombuffer(data, dtype=np.float64)[span].copy()
    if bitmap is not None and column.null_count:
        there = np.unpackbits(np.frombuffer(bitmap, dtype=np.uint8), bitorder="little")[span]
        values[there == 0] = np.nan
    return values


def places(column: pa.Array) -> NDArray[np.int32]:
    """The values of an array of integers that are not null, such as a dictionary's codes."""
    column = column.drop_null().cast(pa.int32())
    values = np.frombuffer(column.buffers()[1] or b"", dtype=np.int32)
    return values[column.offset : column.offset + len(column)]


def truths(column: pa.Array) -> NDArray[np.bool_]:
    """The values of an array of type bool without nulls."""
    bits = np.frombuffer(column.buffers()[1] or b"", dtype=np.uint8)
    span = slice(column.offset, column.offset + len(column))
    return np.unpackbits(bits, bitorder="little")[span].astype(bool)
