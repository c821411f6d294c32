"""JSON requests: `{"instances": [{column: value}]}`, to the numbers that the model takes."""

from __future__ import annotations

import math
from typing import Any

import orjson

from tidewatch.core.artifact.signature import Signature
from tidewatch.serving.fault import RequestError
from tidewatch.serving.features import NAN, Places, category_places, not_a_number

_SHAPE = '{"instances": [{column: value, ...}, ...]}'


class JsonRows:
    """Reads the instances of JSON bodies; a column that is absent or null is a missing value."""

    def __init__(self, signature: Signature) -> None:
        self._columns = signature.request_columns
        self._known = frozenset(self._columns)
        self._features = list(zip(signature.feature_names, category_places(signature), strict=True))

    def read(self, body: bytes) -> list[list[float]]:
        """Rows of features. Raises RequestError on the first instance that cannot be read."""
        return [self._row(place, item) for place, item in enumerate(_instances(body))]

    def _row(self, place: int, item: Any) -> list[float]:
        if not isinstance(item, dict):
            raise RequestError(f"{type(item).__name__} as instance {place}", "an object", _SHAPE)
        if not item.keys() <= self._known:
            raise RequestError(
                f"unknown columns {sorted(item.keys() - self._known)} in instance {place}",
                f"columns among {', '.join(self._columns)}",
                "remove or rename them",
            )
        return [_read(place, name, item.get(name), places) for name, places in self._features]


def _instances(body: bytes) -> list[Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"invalid JSON ({error})", _SHAPE, "send valid JSON") from error
    instances = document.get("instances") if isinstance(document, dict) else None
    if not isinstance(instances, list) or not instances or document.keys() != {"instances"}:
        raise RequestError("another JSON document", _SHAPE, "send at least one instance")
    return instances


def _read(place: int, name: str, value: object, places: Places | None) -> float:
    if value is None:
        return NAN
    if places is None:
        return _number(place, name, value)
    return places.get(_category(place, name, value), NAN)


def _category(place: int, name: str, value: object) -> str:
    """Categories are text; a whole number is taken as its digits, as data preparation does."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise RequestError(
        f"{str(value)[:80]!r} in column {name}, instance {place}",
        "text",
        "send the category as a string",
    )


def _number(place: int, name: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise not_a_number(place, name, value)
