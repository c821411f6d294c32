from __future__ import annotations

import math

import pytest

from tidewatch.core.config import Limit, Thresholds
from tidewatch.core.verdict import (
    Direction,
    Judgement,
    Noise,
    Verdict,
    beyond_noise,
    judge,
    worst,
)

LIMIT = Limit(warning=0.1, critical=0.25)
UP = Direction.HIGHER_IS_WORSE
DOWN = Direction.LOWER_IS_WORSE


def judged(verdict: Verdict) -> Judgement:
    return Judgement("psi", "x", 0.0, verdict, 0.1, 0.25, UP, 1000)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (-math.inf, Verdict.OK),
        (0.0999, Verdict.OK),
        (0.1, Verdict.WARNING),
        (0.2499, Verdict.WARNING),
        (0.25, Verdict.CRITICAL),
        (math.inf, Verdict.CRITICAL),
    ],
)
def test_a_value_that_reaches_a_limit_passes_it_upwards(value: float, verdict: Verdict) -> None:
    assert judge("psi", value, LIMIT, UP, 1000, 200).verdict is verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.81, Verdict.OK), (0.8, Verdict.WARNING), (0.61, Verdict.WARNING), (0.6, Verdict.CRITICAL)],
)
def test_a_value_that_reaches_a_limit_passes_it_downwards(value: float, verdict: Verdict) -> None:
    limit = Limit(warning=0.8, critical=0.6)
    assert judge("accuracy", value, limit, DOWN, 1000, 200).verdict is verdict


def test_too_few_rows_are_insufficient_however_good_or_bad_the_value() -> None:
    for value in (0.0, 9.0):
        judgement = judge("psi", value, LIMIT, UP, 199, 200)
        assert judgement.verdict is Verdict.INSUFFICIENT_DATA
        assert judgement.value == value


@pytest.mark.parametrize("value", [None, math.nan])
def test_no_value_is_insufficient_and_never_ok(value: float | None) -> None:
    judgement = judge("psi", value, LIMIT, UP, 1000, 200)
    assert judgement.verdict is Verdict.INSUFFICIENT_DATA
    assert judgement.value is None


def test_a_judgement_carries_all_that_it_was_made_from() -> None:
    assert judge("psi", 0.3, LIMIT, UP, 1000, 200, "temp") == Judgement(
        metric="psi",
        feature="temp",
        value=0.3,
        verdict=Verdict.CRITICAL,
        warning=0.1,
        critical=0.25,
        direction=UP,
        rows=1000,
    )


def test_worst_ranks_critical_warning_insufficient_ok() -> None:
    ranked = [Verdict.CRITICAL, Verdict.WARNING, Verdict.INSUFFICIENT_DATA, Verdict.OK]
    for i, verdict in enumerate(ranked):
        assert worst(judged(each) for each in reversed(ranked[i:])) is verdict


def test_without_judgements_nothing_is_known() -> None:
    assert worst([]) is Verdict.INSUFFICIENT_DATA


def test_verdicts_have_the_codes_that_dashboards_map() -> None:
    codes = {verdict.value: verdict.code for verdict in Verdict}
    assert codes == {"ok": 0, "warning": 1, "critical": 2, "insufficient_data": 3}


def test_noise_lifts_limits_and_vanishing_noise_leaves_them() -> None:
    assert beyond_noise(LIMIT, Noise(0.02, 0.15)) == Limit(warning=0.15, critical=0.27)
    assert beyond_noise(LIMIT, Noise(0.0, 0.0)) == LIMIT == Thresholds().psi


def test_of_two_noises_each_number_is_the_larger() -> None:
    assert Noise(0.02, 0.15).or_larger(Noise(0.05, 0.1)) == Noise(0.05, 0.15)
