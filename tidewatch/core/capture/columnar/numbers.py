"""Numbers as text, read together: what `number` reads."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidewatch.core.capture.columnar.lines import Mask
from tidewatch.core.capture.rejection import RejectedError
from tidewatch.core.capture.values import number

_PLAIN = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"


def numbers_of(texts: pa.StringArray) -> tuple[pa.DoubleArray, Mask]:
    """The numbers, null where they are missing; and which of the texts are none."""
    bad = np.zeros(len(texts), bool)
    is_plain = pc.match_substring_regex(texts, _PLAIN)
    try:
        numbers = pc.if_else(is_plain, texts, None).cast(pa.float64())
    except pa.ArrowInvalid:  # one of them is beyond all floating point numbers
        is_plain, numbers = pa.array(bad), pa.nulls(len(texts), pa.float64())
    odd = np.flatnonzero(pc.invert(is_plain).fill_null(False).to_numpy(zero_copy_only=False))
    if not len(odd):
        return numbers, bad
    coded = pc.dictionary_encode(texts.take(pa.array(odd)))
    read = [_number(text) for text in coded.dictionary.to_pylist()]
    codes = coded.indices.to_numpy()
    bad[odd] = np.array([value is _NONE for value in read])[codes]
    known = pa.array([None if value is _NONE else value for value in read], pa.float64())
    is_odd = np.zeros(len(texts), bool)
    is_odd[odd] = True
    return pc.replace_with_mask(numbers, is_odd, known.take(coded.indices)), bad


_NONE = object()


def _number(text: str) -> object:
    try:
        return number(text)
    except RejectedError:
        return _NONE
