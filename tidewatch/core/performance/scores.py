"""What every task's scores can do, and how they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tidewatch.core.thresholds import Limit, Thresholds
from tidewatch.core.verdict import Direction, Judgement, judge


@dataclass(frozen=True)
class Change:
    """A metric compared with its baseline: above 0 is worse than before.

    `limit` is the configured one, moved by the noise of the sample (`verdict.beyond_noise`).
    """

    metric: str
    value: float | None
    limit: Limit


class Scores(Protocol):
    """Every quality metric of one task on a number of labelled predictions.

    A metric that the rows cannot give is None, never 0.
    """

    @property
    def rows(self) -> int:
        """How many labelled predictions were scored."""

    def metrics(self) -> dict[str, float | None]:
        """Each number by its metric's name."""

    def counts(self) -> dict[str, int]:
        """The counts behind the metrics that are worth showing, by name."""

    def by_class(self) -> dict[str, dict[str, float | None]]:
        """The metrics of each class; only multiclass classification has any."""

    def curves(self) -> dict[str, dict[str, Any]]:
        """The curves by name, each a list of numbers an axis; only binary scores have any."""

    def as_dict(self) -> dict[str, Any]:
        """Everything but the curves, ready for JSON: what a baseline keeps."""

    def changes(self, baseline_scores: Mapping[str, Any], thresholds: Thresholds) -> list[Change]:
        """What is judged, against `baseline_scores` as `as_dict` made them."""


def judge_performance(
    scores: Scores,
    baseline_scores: Mapping[str, Any],
    thresholds: Thresholds,
    rows: int,
    min_rows: int,
) -> list[Judgement]:
    """Judges what the scores' task judges; `rows` are the labelled ones.

    Where either side lacks a metric, its change is `insufficient_data`.

    >>> from tidewatch.core.performance import score_binary
    >>> good = score_binary([0, 1] * 500, [0.1, 0.9] * 500)
    >>> bad = score_binary([0, 1] * 500, [0.9, 0.1] * 500)
    >>> [j.verdict.value for j in judge_performance(bad, good.as_dict(), Thresholds(), 1000, 200)]
    ['critical', 'critical']
    """
    return [
        judge(each.metric, each.value, each.limit, Direction.HIGHER_IS_WORSE, rows, min_rows)
        for each in scores.changes(baseline_scores, thresholds)
    ]
