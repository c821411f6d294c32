"""How far each contender's statistics are from SciPy's exact ones, and what that does to decisions.

A decision is compared with the one that the contender's own rule makes of the exact statistic: a
rule may be good or bad, here it is only asked whether an error in the number turned it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.speed.datasets import drifts
from benchmarks.speed.size import Size

Statistics: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = Mapping[str, Statistics]
Rule: TypeAlias = Callable[[Statistics], bool | None]
"""What a rule says of one feature's exact statistics; None where it does not apply."""

CONTENDERS = {
    "tidewatch": "Tidewatch, stored baseline",
    "tidewatch-exact": "Tidewatch, `--exact`",
    "evidently-statistics": "Evidently, the same statistics",
    "evidently-preset": "Evidently, default preset",
    "nannyml-drift": "NannyML",
    "whylogs-drift": "whylogs",
}
"""Whose answers are looked at."""


@dataclass(frozen=True)
class Error:
    """The largest errors over the numeric features; None where a contender gives no such statistic.

    `ks` is absolute. Wasserstein's is a share of the reference's standard deviation over all
    features, and of the exact distance over those that drifted. `turned` counts the decisions that
    are other than the exact statistic's, of `decided`.
    """

    ks: float | None
    wasserstein: float | None
    wasserstein_of_drifted: float | None
    turned: int | None
    decided: int


def errors(size: Size) -> dict[str, Error]:
    """Each contender's errors; those that gave no answer are left out."""
    truth = _answer(size, "scipy-pandas")
    if truth is None:
        return {}
    answers = {key: _answer(size, key) for key in CONTENDERS}
    return {key: _error(key, found, truth) for key, found in answers.items() if found}


def _error(key: str, found: Answer, truth: Answer) -> Error:
    exact = {name: statistics for name, statistics in truth.items() if "wasserstein" in statistics}
    off = {name: _wasserstein(found.get(name, {}), exact[name]) for name in exact}
    of_drifted = {
        name: value / exact[name]["wasserstein_normalised"]
        for name, value in off.items()
        if value is not None and drifts(name)
    }
    decisions = _decisions(key, found, truth)
    return Error(
        ks=_largest(_ks(found.get(name, {}), exact[name]) for name in exact),
        wasserstein=_largest(off.values()),
        wasserstein_of_drifted=_largest(of_drifted.values()),
        turned=sum(mine != right for mine, right in decisions) if decisions else None,
        decided=len(decisions),
    )


def _largest(some: Iterable[float | None]) -> float | None:
    return max((value for value in some if value is not None), default=None)


def _ks(found: Statistics, exact: Statistics) -> float | None:
    value = found.get("ks")
    return None if value is None else abs(value - exact["ks"])


def _wasserstein(found: Statistics, exact: Statistics) -> float | None:
    """The error in standard deviations of the reference, whichever way the distance is given."""
    deviation = exact["wasserstein"] / exact["wasserstein_normalised"]
    if found.get("wasserstein") is not None:
        return float(abs(found["wasserstein"] - exact["wasserstein"]) / deviation)
    if found.get("wasserstein_normalised") is not None:
        return float(abs(found["wasserstein_normalised"] - exact["wasserstein_normalised"]))
    return None


def _decisions(key: str, found: Answer, truth: Answer) -> list[tuple[bool, bool]]:
    rule = RULES.get(key)
    if rule is None:
        return []
    decided = []
    for feature, statistics in found.items():
        mine, exact = statistics.get("drifted"), rule(truth.get(feature, {}))
        if mine is not None and exact is not None:
            decided.append((bool(mine), exact))
    return decided


def _of_evidently(exact: Statistics) -> bool | None:
    """Its defaults from 1,000 rows on: normalised Wasserstein or JS distance of 0.1 and more."""
    if "wasserstein_normalised" in exact:
        return bool(exact["wasserstein_normalised"] >= LIMIT)
    return None


def _of_whylogs(exact: Statistics) -> bool | None:
    """Its default for numbers: a K-S p-value of less than 0.05."""
    return bool(exact["ks_p_value"] < LEVEL) if "ks_p_value" in exact else None


def _of_tidewatch(exact: Statistics) -> bool | None:
    """Its default where nothing goes missing: PSI of 0.1 is a warning."""
    return bool(exact["psi"] >= LIMIT) if "psi" in exact else None


LIMIT = 0.1
LEVEL = 0.05
RULES: dict[str, Rule] = {
    "tidewatch": _of_tidewatch,
    "tidewatch-exact": _of_tidewatch,
    "evidently-preset": _of_evidently,
    "whylogs-drift": _of_whylogs,
}


def _answer(size: Size, key: str) -> Answer | None:
    path: Path = size.folder / "answers" / f"{key}.json"
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    if not key.startswith("tidewatch"):
        return dict(found)
    return {
        name: {**feature, "drifted": feature["verdict"] in {"warning", "critical"}}
        for name, feature in found["features"].items()
    }
