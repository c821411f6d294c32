"""CSV requests: rows without a header, to the numbers that the model takes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable

from tidewatch.core.artifact.signature import Signature
from tidewatch.serving.fault import RequestError
from tidewatch.serving.features import INFINITY, NAN, category_places, not_a_number


class CsvRows:
    """Reads the rows of CSV bodies: the features in order, then the event time (or without it)."""

    def __init__(self, signature: Signature) -> None:
        self._columns = signature.request_columns
        self._names = signature.feature_names
        self._places = category_places(signature)

    def read(self, body: bytes) -> list[list[float]]:
        """Rows of features. Raises RequestError on the first row that cannot be read."""
        rows = [self._row(place, fields) for place, fields in enumerate(_fields(body))]
        if not rows:
            raise RequestError("an empty body", "at least one row", "send one line a row")
        return rows

    def _row(self, place: int, fields: list[str]) -> list[float]:
        width = len(self._names)
        if len(fields) not in (width, width + 1):
            raise self._miscounted(place, len(fields))
        try:
            # The hot loop of serving. The event time, where there is one, is last: zip drops it.
            row = [
                (float(text) if text else NAN) if places is None else places.get(text, NAN)
                for places, text in zip(self._places, fields, strict=False)
            ]
        except ValueError:
            raise self._unread(place, fields) from None
        if INFINITY in row or -INFINITY in row:
            raise self._unread(place, fields)
        return row

    def _miscounted(self, place: int, count: int) -> RequestError:
        return RequestError(
            f"{count} columns in row {place}",
            f"{len(self._columns)} columns: {','.join(self._columns)}",
            "send the columns in this order, without a header",
        )

    def _unread(self, place: int, fields: list[str]) -> RequestError:
        for name, places, text in zip(self._names, self._places, fields, strict=False):
            if places is None and text and not _is_finite(text):
                return not_a_number(place, name, text)
        raise AssertionError("a row that failed once reads well now")


def _is_finite(text: str) -> bool:
    try:
        return not math.isinf(float(text))
    except ValueError:
        return False


def _fields(body: bytes) -> Iterable[list[str]]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise RequestError(
            f"bytes that are not UTF-8 at {error.start}", "UTF-8 text", "encode the body as UTF-8"
        ) from error
    text = text.replace("\r\n", "\n").rstrip("\n")
    if '"' in text:
        return _quoted(text)
    return [line.split(",") for line in text.split("\n")] if text else []


def _quoted(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise RequestError(str(error), "CSV as in RFC 4180", "close every quote") from error
