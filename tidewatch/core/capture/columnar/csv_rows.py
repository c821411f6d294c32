"""CSV payloads, read by Arrow: all of them at once, where that is proven to read what we would.

Arrow and Python round decimal numbers to the same double, and agree that spaces around a number,
a missing exponent or digit before the point do not matter. Whatever Arrow refuses or reads as NaN
is not read here. An empty line it passes over, so the rows are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from tidewatch.core.capture.columnar.moments import moments_of
from tidewatch.core.capture.columnar.rows import Rows, together
from tidewatch.core.capture.columnar.texts import CsvTexts, offsets_of
from tidewatch.core.capture.spec import CaptureSpec
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.task import Task

Columns = tuple[pa.Array, ...]

_PARSE = pa_csv.ParseOptions(quote_char=False, double_quote=False, escape_char=False)
_MISSING = ["", "nan", "NaN", "NAN", "-nan", "-NaN"]
_FEW, _PARTS = 48, 4


class ByHand(Protocol):
    """Reads the payloads from one to before another, one after the other."""

    def __call__(self, first: int, last: int) -> Rows: ...


def read_csv_rows(
    texts: CsvTexts, read: Callable[[NDArray[np.uint8], int], Columns | None], by_hand: ByHand
) -> Rows:
    """The rows of all payloads: by `read`, and `by_hand` those near one that it does not take."""
    return together(list(_read(texts, (0, len(texts)), read, by_hand)))


def _read(
    texts: CsvTexts,
    bounds: tuple[int, int],
    read: Callable[[NDArray[np.uint8], int], Columns | None],
    by_hand: ByHand,
) -> Sequence[Rows]:
    first, last = bounds
    rows = texts.rows[first:last]
    data = texts.part(first, last)
    columns = None if data is None else read(data, int(rows.sum()))
    if columns is not None:
        return [Rows(columns, rows, np.ones(len(rows), bool))]
    if last - first <= _FEW:
        return [by_hand(first, last)]
    cuts = np.linspace(first, last, _PARTS + 1).astype(int).tolist()
    return [
        part
        for pair in zip(cuts[:-1], cuts[1:], strict=True)
        for part in _read(texts, pair, read, by_hand)
    ]


def request_reader(spec: CaptureSpec) -> Callable[[NDArray[np.uint8], int], Columns | None]:
    """What reads rows of features, then their event times, null where the rows have none."""
    types = [
        pa.float64() if kind is FeatureKind.NUMERIC else pa.string()
        for kind in spec.features.values()
    ]

    def read(data: NDArray[np.uint8], rows: int) -> Columns | None:
        first_line = data[: int(np.argmax(data == b"\n"[0]))]
        width = 1 + int(np.count_nonzero(first_line == b","[0]))
        timed = width == len(types) + 1
        if width != len(types) + timed:
            return None
        columns = _columns(data, rows, [*types, pa.string()] if timed else types)
        if columns is None:
            return None
        if not timed:
            return *columns, pa.nulls(rows, pa.timestamp("us", "UTC"))
        times, odd = moments_of(columns[-1])
        return None if odd.any() or times.null_count else (*columns[:-1], times)

    return read


def answer_reader(spec: CaptureSpec) -> Callable[[NDArray[np.uint8], int], Columns | None]:
    """What reads rows of a score."""

    def read(data: NDArray[np.uint8], rows: int) -> Columns | None:
        if spec.task is Task.MULTICLASS_CLASSIFICATION:
            return None
        columns = _columns(data, rows, [pa.float64()])
        if columns is None or columns[0].null_count:
            return None
        scores = columns[0].to_numpy()
        if spec.task is Task.REGRESSION:
            fits = np.isfinite(scores)
        else:
            fits = (scores >= 0) & (scores <= 1)
        return columns if fits.all() else None

    return read


def _columns(data: NDArray[np.uint8], rows: int, types: Sequence[pa.DataType]) -> Columns | None:
    """The columns of a CSV text that has as many rows; None where it is not proven to."""
    names = [str(place) for place in range(len(types))]
    try:
        table = pa_csv.read_csv(
            pa.py_buffer(data),
            pa_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            _PARSE,
            pa_csv.ConvertOptions(
                column_types=dict(zip(names, types, strict=True)),
                check_utf8=False,
                null_values=_MISSING,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != rows:
        return None
    columns = [_whole(column) for column in table.columns]
    numbers = [column for column in columns if column.type == pa.float64()]
    if any(_has_nan(column) for column in numbers):
        return None
    return tuple(column if column.type == pa.float64() else _nulled(column) for column in columns)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _has_nan(column: pa.DoubleArray) -> bool:
    values = np.frombuffer(column.buffers()[1], np.float64)[: column.offset + len(column)]
    # The value under a null is of no account, but it is a number, as a rule.
    return bool(np.isnan(values).any()) and bool(pc.any(pc.is_nan(column)).as_py())


def _nulled(column: pa.StringArray) -> pa.StringArray:
    """The texts, null where they are empty."""
    full = np.diff(offsets_of(column)) > 0
    if full.all():
        return column
    bitmap = pa.py_buffer(np.packbits(full, bitorder="little"))
    return pa.StringArray.from_buffers(
        len(column), column.buffers()[1], column.buffers()[2], bitmap
    )
