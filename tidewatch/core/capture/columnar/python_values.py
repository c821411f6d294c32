"""Values that Python has read, from JSON and from unusual CSV, as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from tidewatch.core.capture.columnar.lines import Mask, Positions
from tidewatch.core.capture.columnar.numbers import numbers_of
from tidewatch.core.capture.payload import Payload
from tidewatch.core.capture.rejection import RejectedError
from tidewatch.core.capture.values import category, number

R = TypeVar("R")

_NONE = type(None)
_NUMBERS = {float, int, _NONE}


def rows_by_hand(
    payloads: Sequence[Payload | None], split: Callable[[Payload], list[R]]
) -> tuple[list[R], Positions]:
    """The rows that `split` makes of all payloads; and how many of each, none if it rejects it."""
    rows: list[R] = []
    counts = np.zeros(len(payloads), np.int64)
    for place, payload in enumerate(payloads):
        if payload is None:
            continue
        try:
            some = split(payload)
        except RejectedError:
            continue
        rows += some
        counts[place] = len(some)
    return rows, counts


def numbers_in(values: Sequence[Any]) -> tuple[pa.DoubleArray, Mask]:
    """The numbers, null where they are missing; and which values are none."""
    kinds = set(map(type, values))
    none_is_bad = np.zeros(len(values), bool)
    if kinds <= {str, _NONE}:
        return numbers_of(pa.array(values, pa.string()))
    if not kinds <= _NUMBERS:
        return each(values, number, pa.float64())
    if int in kinds:
        values = [value if value is None else float(value) for value in values]
    return pa.array(values, pa.float64()), none_is_bad


def categories_in(values: Sequence[Any]) -> tuple[pa.StringArray, Mask]:
    """The categories, null where they are missing; and which values are none."""
    if not set(map(type, values)) <= {str, _NONE}:
        return each(values, category, pa.string())
    return pa.array([value or None for value in values], pa.string()), np.zeros(len(values), bool)


def each(
    values: Sequence[Any], read: Callable[[Any], object], kind: pa.DataType
) -> tuple[pa.Array, Mask]:
    """What `read` makes of each value, null where it rejects it; and which it rejects."""
    found: list[object] = []
    bad = np.zeros(len(values), bool)
    for place, value in enumerate(values):
        try:
            found.append(read(value))
        except RejectedError:
            found.append(None)
            bad[place] = True
    return pa.array(found, kind), bad
