"""Values made into what their feature's kind needs; what cannot be is marked, not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidewatch.core.feature_kind import FeatureKind
from tidewatch.data.quarantine import TableReason

Mask: TypeAlias = NDArray[np.bool_]

MISSING = ("", "na", "n/a", "nan", "null", "none", "#n/a", "-nan", "<na>")
"""Texts that mean a missing number, whatever their case; of text only the empty one does."""

_NUMBER = re.compile(
    r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Readable:
    """A column as its kind needs it. `bad` marks values that are null here for `reason`."""

    values: pa.Array
    bad: Mask | None = None
    reason: TableReason | None = None
    example: str = ""


def is_plain(kind: FeatureKind, found: pa.DataType) -> bool:
    """Whether every value of this type can be used as it is, so that none need be marked."""
    if kind is FeatureKind.NUMERIC:
        return bool(
            pa.types.is_integer(found)
            or pa.types.is_floating(found)
            or pa.types.is_decimal(found)
            or pa.types.is_boolean(found)
            or pa.types.is_null(found)
        )
    if pa.types.is_dictionary(found):
        return bool(pa.types.is_string(found.value_type))
    return not (_is_bytes(found) or pa.types.is_nested(found))


def readable(kind: FeatureKind, column: pa.Array) -> Readable:
    """The column as `kind` needs it.

    >>> found = readable(FeatureKind.NUMERIC, pa.array(["1.5", "NA", "x"]))
    >>> found.values.to_pylist(), found.bad.tolist(), found.reason.value
    ([1.5, None, None], [False, False, True], 'not_a_number')
    """
    if is_plain(kind, column.type):
        return Readable(column)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_bytes(column.type):
        text = _text(column)
        return text if kind is FeatureKind.CATEGORICAL else _numbers(text)
    if kind is FeatureKind.NUMERIC and _is_text(column.type):
        return _numbers(Readable(column.cast(pa.string())))
    refused = np.ones(len(column), dtype=bool)
    return Readable(
        pa.nulls(len(column)), refused, TableReason.WRONG_TYPE, f"a column of type {column.type}"
    )


def absent(kind: FeatureKind, rows: int) -> pa.Array:
    """A column that is not there: every value is missing."""
    return pa.nulls(rows, pa.float64() if kind is FeatureKind.NUMERIC else pa.string())


def _is_bytes(found: pa.DataType) -> bool:
    return bool(pa.types.is_binary(found) or pa.types.is_large_binary(found))


def _is_text(found: pa.DataType) -> bool:
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def _text(column: pa.Array) -> Readable:
    """Bytes as text; the empty ones are missing."""
    bad: Mask | None = None
    example = ""
    try:
        text = column.cast(pa.string())
    except pa.ArrowInvalid:
        decoded = [_decoded(value) for value in column.to_pylist()]
        bad = np.array([isinstance(value, bytes) for value in decoded])
        example = repr(next(value for value in decoded if isinstance(value, bytes))[:40])
        text = pa.array([None if isinstance(v, bytes) else v for v in decoded], pa.string())
    values = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return Readable(values, bad, TableReason.NOT_UTF8 if bad is not None else None, example)


def _decoded(value: bytes | None) -> str | bytes | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _numbers(text: Readable) -> Readable:
    if text.bad is not None:
        return Readable(pa.nulls(len(text.values)), text.bad, text.reason, text.example)
    try:
        return Readable(pc.cast(text.values, pa.float64()))
    except pa.ArrowInvalid:
        return _numbers_one_by_one(text.values)


def _numbers_one_by_one(text: pa.Array) -> Readable:
    """Each distinct text once: a column with some odd values holds the same ones many times."""
    encoded = text.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    numbers, faulty = np.full(len(names) + 1, np.nan), np.zeros(len(names) + 1, dtype=bool)
    for place, name in enumerate(names):
        trimmed = name.strip()
        if _NUMBER.fullmatch(trimmed):
            numbers[place] = float(trimmed)
        else:
            faulty[place] = trimmed.lower() not in MISSING
    places = encoded.indices.fill_null(len(names)).to_numpy()
    values = pa.array(numbers[places], from_pandas=True)
    if not faulty.any():
        return Readable(values)
    example = repr(names[int(np.flatnonzero(faulty)[0])][:40])
    return Readable(values, faulty[places], TableReason.NOT_A_NUMBER, example)
