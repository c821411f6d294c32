"""CSV payloads, read by Arrow: all of them at once, where that is proven to read what we would.

Arrow and Python round decimal numbers to the same double, and agree that spaces around a number,
and a digit that is missing before or behind the point, do not matter. What Arrow refuses or takes
for NaN is read again, by `number`. Arrow passes over empty lines, so the rows are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from tidewatch.core.capture.columnar.csv_texts import CsvTexts
from tidewatch.core.capture.columnar.lines import Mask, Positions
from tidewatch.core.capture.columnar.rows import Columns, Rows, interleaved

ByHand: TypeAlias = Callable[[Positions], Rows]
"""Reads the payloads at some positions, one after the other."""
Finish: TypeAlias = Callable[[Columns], tuple[Columns, Mask]]
"""Makes final columns of those that were read, and says which rows are bad."""

_PARSE = pa_csv.ParseOptions(quote_char=False, double_quote=False, escape_char=False)
_MISSING = ["", "nan", "NaN", "NAN", "-nan", "-NaN"]


def read_csv_rows(
    texts: CsvTexts, types: Sequence[pa.DataType], finish: Finish, by_hand: ByHand
) -> Rows:
    """The rows of all payloads, read as `types`, or as text where they have odd numbers.

    Payloads with quotes, or with rows that are empty or have other than `types` fields, are read
    `by_hand`.
    """
    columns = None if texts.may_mislead else _columns(texts, types)
    if columns is None:
        plain = texts.are_plain(len(types))
        if not plain.all():
            return _some_by_hand(texts, plain, types, finish, by_hand)
        columns = _columns(texts, [pa.string()] * len(types))
        if columns is None:
            return by_hand(np.arange(len(texts)))
    finished, bad = finish(columns)
    return Rows.of_good(finished, texts.rows, bad)


def _some_by_hand(
    texts: CsvTexts,
    plain: Mask,
    types: Sequence[pa.DataType],
    finish: Finish,
    by_hand: ByHand,
) -> Rows:
    others = by_hand(np.flatnonzero(~plain))
    if not plain.any():
        return others
    which = np.flatnonzero(plain)
    usual = read_csv_rows(texts.of(plain), types, finish, lambda some: by_hand(which[some]))
    return interleaved(usual, others, plain)


def _columns(texts: CsvTexts, types: Sequence[pa.DataType]) -> Columns | None:
    """The columns; None where some text is refused, or read otherwise than by us."""
    names = [str(place) for place in range(len(types))]
    try:
        table = pa_csv.read_csv(
            pa.py_buffer(texts.data),
            pa_csv.ReadOptions(
                use_threads=False, block_size=len(texts.data) + 1, column_names=names
            ),
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
    if table.num_rows != texts.rows.sum():
        return None
    columns = [_whole(column) for column in table.columns]
    has_nan = any(_has_nan(column) for column in columns if pa.types.is_floating(column.type))
    return None if has_nan else columns


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _has_nan(column: pa.DoubleArray) -> bool:
    values = np.frombuffer(column.buffers()[1], np.float64)[: column.offset + len(column)]
    # The value under a null is of no account, but it is a number, as a rule.
    return bool(np.isnan(values).any()) and bool(pc.any(pc.is_nan(column)).as_py())
