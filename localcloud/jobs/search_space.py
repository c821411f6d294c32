"""Parameter ranges of a tuning job, checked, and as optuna's distributions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from moto.sagemaker.exceptions import ValidationError

KINDS = ("Integer", "Continuous", "Categorical")
# Auto searches by magnitude where a range spans at least two decades.
WIDE = 100.0


@dataclass(frozen=True)
class Range:
    """One hyperparameter that is searched.

    `scale` is linear, log or reverse_log (by the magnitude of 1 - value); `values` are the choices
    of a categorical one, `low` and `high` the bounds of the others, both included.
    """

    name: str
    kind: str
    low: float = 0.0
    high: float = 0.0
    scale: str = "linear"
    values: tuple[str, ...] = ()

    def text(self, value: float | str) -> str:
        """A value as the hyperparameter's text."""
        if self.kind == "Integer":
            return str(int(value))
        if self.kind == "Continuous":
            number = float(value)
            return repr(1.0 - number if self.scale == "reverse_log" else number)
        return str(value)


def read_ranges(given: Mapping[str, Any]) -> tuple[Range, ...]:
    """The ranges of a request's ParameterRanges. ValidationException for an impossible one."""
    if given.get("AutoParameters"):
        raise ValidationError("AutoParameters are not emulated by the laptop's cloud: give ranges")
    ranges = [
        _read(kind, each) for kind in KINDS for each in given.get(f"{kind}ParameterRanges", [])
    ]
    if not ranges:
        raise ValidationError("ParameterRanges: found none; expected at least one range to search")
    return tuple(ranges)


def _read(kind: str, given: Mapping[str, Any]) -> Range:
    name = given["Name"]
    if kind == "Categorical":
        return Range(name, kind, values=tuple(given["Values"]))
    number = int if kind == "Integer" else float
    try:
        low, high = number(given["MinValue"]), number(given["MaxValue"])
    except ValueError as fault:
        raise ValidationError(f"parameter {name}: {fault}; expected numbers as bounds") from fault
    if low > high or not (math.isfinite(low) and math.isfinite(high)):
        raise ValidationError(
            f"parameter {name}: found {low} to {high}; expected MinValue <= MaxValue"
        )
    linear = Range(name, kind, low, high)
    return replace(linear, scale=_scale(linear, given.get("ScalingType", "Auto")))


def _scale(given: Range, asked: str) -> str:
    if asked == "Auto":
        return "log" if given.low > 0 and given.high / given.low >= WIDE else "linear"
    if asked == "Logarithmic" and given.low <= 0:
        raise ValidationError(f"parameter {given.name}: Logarithmic needs MinValue > 0")
    within = given.kind == "Continuous" and given.low >= 0 and given.high < 1
    if asked == "ReverseLogarithmic" and not within:
        raise ValidationError(
            f"parameter {given.name}: ReverseLogarithmic needs a continuous range in 0 <= x < 1"
        )
    return {"Linear": "linear", "Logarithmic": "log", "ReverseLogarithmic": "reverse_log"}[asked]
