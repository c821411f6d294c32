"""How one field of a request becomes the number that the model takes."""

from __future__ import annotations

import math

from tidewatch.core.artifact.signature import Signature
from tidewatch.serving.fault import RequestError

NAN = math.nan
INFINITY = math.inf
Places = dict[str, float]


def category_places(signature: Signature) -> list[Places | None]:
    """For each feature, in order: the number of each category; None for a numeric feature."""
    return [
        None
        if item.categories is None
        else {name: float(place) for place, name in enumerate(item.categories)}
        for item in signature.features
    ]


def not_a_number(row: int, column: str, value: object) -> RequestError:
    """The fault of a field that should have been a number."""
    return RequestError(
        f"{str(value)[:80]!r} in column {column}, row {row}",
        "a finite number",
        "send a decimal number, or leave the field empty where the value is missing",
    )
