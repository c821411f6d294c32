"""An estimate is judged against the baseline, and warns at most."""

from __future__ import annotations

import math

import pytest

from tidewatch.core.estimate import Estimate, Estimated, judge_estimate
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import Judgement, Verdict


def judged(value: float | None, deviation: float = 0.001, rows: int = 1000) -> Judgement:
    item = None if value is None else Estimated(value, deviation)
    estimate = Estimate(rows, {"roc_auc": item})
    [found] = judge_estimate(estimate, "roc_auc", {"roc_auc": 0.8}, Thresholds(), 200)
    return found


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.81, Verdict.OK), (0.78, Verdict.OK), (0.76, Verdict.WARNING), (0.1, Verdict.WARNING)],
)
def test_a_drop_warns_and_never_more(value: float, verdict: Verdict) -> None:
    found = judged(value)
    assert (found.metric, found.verdict) == ("estimated_roc_auc_drop", verdict)
    assert math.isinf(found.critical)


def test_what_may_be_noise_is_ok() -> None:
    assert judged(0.7, deviation=0.05).verdict is Verdict.OK
    assert judged(0.7, deviation=0.05).warning == pytest.approx(0.1545, abs=1e-4)


def test_too_few_rows_or_no_estimate_is_insufficient_data() -> None:
    assert judged(0.5, rows=199).verdict is Verdict.INSUFFICIENT_DATA
    assert judged(None).verdict is Verdict.INSUFFICIENT_DATA


def test_a_baseline_without_the_metric_is_insufficient_data() -> None:
    estimate = Estimate(1000, {"accuracy": Estimated(0.5, 0.01)})
    [found] = judge_estimate(estimate, "accuracy", {}, Thresholds(), 200)
    assert (found.metric, found.verdict) == (
        "estimated_accuracy_drop",
        Verdict.INSUFFICIENT_DATA,
    )


def test_an_error_is_judged_by_its_rise_as_a_share() -> None:
    estimate = Estimate(1000, {"mae": Estimated(13.0, 0.1, math.inf)})
    [found] = judge_estimate(estimate, "mae", {"mae": 10.0}, Thresholds(), 200)
    assert (found.metric, found.verdict) == ("estimated_mae_rise", Verdict.WARNING)
    assert found.value == pytest.approx(0.3)
