"""How far each contender's statistics are from SciPy's exact ones, and what that does to decisions.

A decision is compared with the one that the contender's own rule makes of the exact statistic: a
rule may be good or bad, here it is only asked whether an error in the number turned it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.speed.size import Size

Answer: TypeAlias = Mapping[str, Mapping[str, Any]]
Rule: TypeAlias = Callable[[Mapping[str, Any]], bool | None]
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
    """The largest errors over all features, None where the contender does not give the statistic.

    `psi`, `js` and `ks` are absolute; `wasserstein` is a share of the exact distance. `turned`
    counts the decisions that are other than the exact statistic's, of `decided`.
    """

    psi: float | None
    js: float | None
    ks: float | None
    wasserstein: float | None
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
    decisions = _decisions(key, found, truth)
    return Error(
        psi=_largest(found, truth, "psi"),
        js=_largest(found, truth, "js"),
        ks=_largest(found, truth, "ks"),
        wasserstein=_wasserstein(found, truth),
        turned=sum(mine != exact for mine, exact in decisions) if decisions else None,
        decided=len(decisions),
    )


def _wasserstein(found: Answer, truth: Answer) -> float | None:
    raw = _largest(found, truth, "wasserstein", relative=True)
    if raw is not None:
        return raw
    return _largest(found, truth, "wasserstein_normalised", relative=True)


def _largest(
    found: Answer, truth: Answer, statistic: str, *, relative: bool = False
) -> float | None:
    off = []
    for feature, exact in truth.items():
        value, right = found.get(feature, {}).get(statistic), exact.get(statistic)
        if value is not None and right is not None:
            off.append(abs(value - right) / (abs(right) if relative else 1.0))
    return max(off, default=None)


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


def _of_evidently(exact: Mapping[str, Any]) -> bool | None:
    """Its defaults from 1,000 rows on: normalised Wasserstein or JS distance of 0.1 and more."""
    if "wasserstein_normalised" in exact:
        return bool(exact["wasserstein_normalised"] >= LIMIT)
    return None


def _of_whylogs(exact: Mapping[str, Any]) -> bool | None:
    """Its default for numbers: a K-S p-value of less than 0.05."""
    return bool(exact["ks_p_value"] < LEVEL) if "ks_p_value" in exact else None


def _of_tidewatch(exact: Mapping[str, Any]) -> bool | None:
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
