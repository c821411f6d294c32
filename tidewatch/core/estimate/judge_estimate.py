"""Judges an estimate against the baseline, with a warning at most."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tidewatch.core.estimate.estimate import Estimate, Estimated
from tidewatch.core.thresholds import Limit, Thresholds
from tidewatch.core.verdict import (
    FALSE_ALARM_DEVIATIONS,
    NO_NOISE,
    Direction,
    Judgement,
    Noise,
    beyond_noise,
    judge,
)


def judge_estimate(
    estimate: Estimate,
    headline: str,
    baseline_scores: Mapping[str, Any],
    thresholds: Thresholds,
    min_rows: int,
) -> list[Judgement]:
    """Judges the headline's estimate as the realised value will be judged.

    `estimated_roc_auc_drop` and `estimated_accuracy_drop` are the baseline's value less the
    estimate; `estimated_mae_rise` is the estimate's rise as a share of the baseline's value. The
    limit is that of the realised metric, moved by the estimate's own deviation, without a critical
    one (infinity): an estimate rests on the assumption that scores mean what they meant, so it may
    warn and never pages.
    """
    metric = f"{headline}_rise" if headline == "mae" else f"{headline}_drop"
    item, before = estimate.metrics[headline], baseline_scores.get(headline)
    value, deviation = _worsening(metric, item, before)
    noise = Noise(0.0, FALSE_ALARM_DEVIATIONS * deviation) if deviation else NO_NOISE
    warning = _limit(metric, thresholds).warning
    return [
        judge(
            f"estimated_{metric}",
            value,
            beyond_noise(Limit(warning, math.inf), noise),
            Direction.HIGHER_IS_WORSE,
            estimate.rows,
            min_rows,
            noise=noise,
        )
    ]


def _worsening(
    metric: str, item: Estimated | None, before: float | None
) -> tuple[float | None, float]:
    """How much worse than before, and the deviation of that; None where it cannot be said."""
    if item is None or before is None:
        return None, 0.0
    if metric != "mae_rise":
        return before - item.value, item.deviation
    if not before:
        return None, 0.0
    return item.value / before - 1, item.deviation / before


def _limit(metric: str, thresholds: Thresholds) -> Limit:
    return {
        "roc_auc_drop": thresholds.roc_auc_drop,
        "accuracy_drop": thresholds.accuracy_drop,
        "mae_rise": thresholds.mae_rise,
    }[metric]
