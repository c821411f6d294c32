"""How one field of a request becomes the number that the model takes."""

from __future__ import annotations

import math
from collections.abc import Callable

from tidewatch.core.artifact.signature import Signature, SignatureFeature
from tidewatch.serving.fault import RequestError

NAN = math.nan
TextReader = Callable[[str], float]
_REMEDY = "send a decimal number, or leave the field empty where the value is missing"


def text_readers(signature: Signature) -> list[TextReader]:
    """One reader a feature, in order: from a CSV field to a number; NaN where it is missing."""
    return [_category_reader(item) or read_number for item in signature.features]


def read_number(text: str) -> float:
    """A finite number, or NaN where the field is empty. Raises ValueError on anything else.

    >>> read_number(" 3.5")
    3.5
    """
    if not text or text.isspace():
        return NAN
    number = float(text)
    # Python alone takes 1_000 for a number, and infinity is never a measurement.
    if number in (math.inf, -math.inf) or "_" in text:
        raise ValueError(text)
    return number


def not_a_number(row: int, column: str, value: object) -> RequestError:
    """The fault of a field that should have been a number."""
    return RequestError(
        f"{str(value)[:80]!r} in column {column}, row {row}", "a finite number", _REMEDY
    )


def _category_reader(feature: SignatureFeature) -> TextReader | None:
    if feature.categories is None:
        return None
    places = {name: float(place) for place, name in enumerate(feature.categories)}
    return lambda text: places.get(text, NAN)
