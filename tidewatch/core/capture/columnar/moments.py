"""Times as text, read together: what `moment` reads, in microseconds since 1970."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidewatch.core.capture.columnar.lines import Mask
from tidewatch.core.capture.columnar.texts import bytes_of, offsets_of
from tidewatch.core.capture.rejection import RejectedError
from tidewatch.core.capture.values import moment

TIME = pa.timestamp("us", tz="UTC")
_Integers = NDArray[np.int64]
_Characters = NDArray[np.uint8]

_ZERO = b"0"[0]
_TEN, _MONTHS, _HOURS, _SIXTY = 10, 12, 24, 60
_SHAPES = {
    len(shape): shape.encode()
    for fraction in ("", ".000", ".000000")
    for zone in ("", "Z", "+00:00")
    for shape in [f"0000-00-00T00:00:00{fraction}{zone}"]
}
"""Times that are read by position, by their length; a 0 stands for any digit."""
_LONGEST_SECONDS = 10
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_DAY, _HOUR, _MINUTE, _SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000


def moments_of(texts: pa.StringArray) -> tuple[pa.TimestampArray, Mask]:
    """The times, and which of the texts are none; those are null, as null is."""
    values, known = np.zeros(len(texts), np.int64), np.zeros(len(texts), bool)
    offsets = offsets_of(texts)
    lengths = np.diff(offsets)
    characters = bytes_of(texts)
    for length in np.unique(lengths).tolist():
        which = np.flatnonzero(lengths == length)
        if texts.null_count:
            which = which[texts.is_valid().to_numpy(zero_copy_only=False)[which]]
        if not 0 < length <= max(_SHAPES):
            continue
        at = offsets[which] - offsets[0]
        values[which], known[which] = _of_length(_columns(characters, at, length))
    return _with_the_odd(texts, values, known)


def _columns(characters: _Characters, at: NDArray[np.int64], length: int) -> _Characters:
    """The texts of one length that start `at`: a row a place, a column a text."""
    windows: Any = np.ndarray(
        (len(characters) - length + 1,), f"V{length}", characters, strides=(1,)
    )
    return np.ascontiguousarray(windows[at].view(np.uint8).reshape(len(at), length).T)


def _of_length(places: _Characters) -> tuple[_Integers, Mask]:
    """The times of texts of one length, and which of them are read."""
    length, count = places.shape
    digits = places - _ZERO
    if length <= _LONGEST_SECONDS:
        return _number(digits) * _SECOND, np.logical_and.reduce(digits < _TEN)
    shape = _SHAPES.get(length)
    if shape is None:
        return np.zeros(count, np.int64), np.zeros(count, bool)
    return _iso(places, digits, shape)


def _iso(places: _Characters, digits: _Characters, shape: bytes) -> tuple[_Integers, Mask]:
    zone = len(shape) - 6 if shape.endswith(b"+00:00") else None
    known = np.ones(places.shape[1], bool)
    for place, expected in enumerate(shape):
        if place != zone:
            known &= digits[place] < _TEN if expected == _ZERO else places[place] == expected
    days, is_day = _days(digits)
    hour, minute, second = (_number(digits[at : at + 2]) for at in (11, 14, 17))
    known &= is_day & (hour < _HOURS) & (minute < _SIXTY) & (second < _SIXTY)
    values = days * _DAY + hour * _HOUR + minute * _MINUTE + second * _SECOND
    if b"." in shape:
        size = 6 if b".000000" in shape else 3
        values += _number(digits[20 : 20 + size]) * 10 ** (6 - size)
    if zone is not None:
        east, is_zone = _east(places[zone], digits[zone:])
        values, known = values - east, known & is_zone
    return values, known


def _days(digits: _Characters) -> tuple[_Integers, Mask]:
    """Days since 1970, and which of them the calendar has."""
    year, month, day = (_number(digits[at:end]) for at, end in ((0, 4), (5, 7), (8, 10)))
    months = (year - 1970) * 12 + month - 1
    dates = months.astype("M8[M]").astype("M8[D]") + (day - 1)
    is_day = (month >= 1) & (month <= _MONTHS) & (day >= 1) & (year >= _FIRST_YEAR)
    is_day &= (year < _LAST_YEAR) & (dates.astype("M8[M]").astype(np.int64) == months)
    return dates.astype(np.int64), is_day


def _east(sign: _Characters, digits: _Characters) -> tuple[_Integers, Mask]:
    """How far east of UTC a zone is, from its sign on, and which of them are zones."""
    hour, minute = _number(digits[1:3]), _number(digits[4:6])
    is_west = sign == b"-"[0]
    east = (hour * _HOUR + minute * _MINUTE) * np.where(is_west, -1, 1)
    return east, (is_west | (sign == b"+"[0])) & (hour < _HOURS) & (minute < _SIXTY)


def _number(digits: _Characters) -> _Integers:
    """The numbers whose digits, the first in the first row, are given."""
    total = np.zeros(digits.shape[1], np.int64)
    for place in digits:
        total *= 10
        total += place
    return total


def _with_the_odd(
    texts: pa.StringArray, values: _Integers, known: Mask
) -> tuple[pa.TimestampArray, Mask]:
    """The times, those that are not `known` yet read one by one."""
    odd = np.flatnonzero(~known & texts.is_valid().to_numpy(zero_copy_only=False))
    if not len(odd):
        array = pa.array(values, mask=~known).cast(pa.timestamp("us")).cast(TIME)
        return array, np.zeros(len(texts), bool)
    bad: Mask = np.zeros(len(texts), bool)
    coded = pc.dictionary_encode(texts.take(pa.array(odd)))
    read = [_moment(text) for text in coded.dictionary.to_pylist()]
    codes = coded.indices.to_numpy()
    values[odd] = np.array([0 if value is None else value for value in read], np.int64)[codes]
    bad[odd] = np.array([value is None for value in read], bool)[codes]
    known[odd] = ~bad[odd]
    array = pa.array(values, mask=~known).cast(pa.timestamp("us")).cast(TIME)
    return array, bad


def _moment(text: str) -> int | None:
    try:
        time = moment(text)
    except RejectedError:
        return None
    value: int = pa.scalar(time, TIME).value
    return value
