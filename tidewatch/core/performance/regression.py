"""Scores of a regression: judged is the rise of its mean absolute error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tidewatch.core.performance.scores import Change
from tidewatch.core.quality import (
    Predicted,
    error_quantiles,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_error,
    predicted,
    r_squared,
    root_mean_squared_error,
)
from tidewatch.core.quality.error_quantiles import ERROR_SHARES
from tidewatch.core.quality.predicted import mean_of
from tidewatch.core.thresholds import Thresholds
from tidewatch.core.verdict import FALSE_ALARM_DEVIATIONS, Noise, beyond_noise


@dataclass(frozen=True, eq=False)
class RegressionScores:
    """Every quality metric of a regression; see `Scores`. Errors are in the label's unit."""

    data: Predicted

    @property
    def rows(self) -> int:
        """How many labelled predictions were scored."""
        return self.data.rows

    @cached_property
    def mae(self) -> float | None:
        """Mean absolute error."""
        return mean_absolute_error(self.data)

    @cached_property
    def rmse(self) -> float | None:
        """Root mean squared error."""
        return root_mean_squared_error(self.data)

    def metrics(self) -> dict[str, float | None]:
        """Each number by its metric's name."""
        quantiles = error_quantiles(self.data) or dict.fromkeys(ERROR_SHARES)
        return {
            "mae": self.mae,
            "rmse": self.rmse,
            "mape": mean_absolute_percentage_error(self.data),
            "r_squared": r_squared(self.data),
            "mean_error": mean_error(self.data),
            **{f"error_p{share * 100:02.0f}": value for share, value in quantiles.items()},
            "mean_label": mean_of(self.data.truth),
            "mean_score": mean_of(self.data.values),
        }

    def counts(self) -> dict[str, int]:
        """The rows whose label is 0, which MAPE leaves out."""
        return {"zero_labels": int(np.count_nonzero(self.data.truth == 0))}

    def by_class(self) -> dict[str, dict[str, float | None]]:
        """None: there are no classes."""
        return {}

    def curves(self) -> dict[str, dict[str, Any]]:
        """None."""
        return {}

    def as_dict(self) -> dict[str, Any]:
        """The metrics with rows, ready for JSON."""
        return {"rows": self.rows, **self.metrics(), **self.counts()}

    def changes(self, baseline_scores: Mapping[str, Any], thresholds: Thresholds) -> list[Change]:
        """`mae_rise`: how far MAE rose above the baseline's, as a share of the baseline's.

        Few rows measure MAE badly: the limit knows the noise that the spread of the absolute
        errors makes in both samples.
        """
        then, now = _Mean.of(baseline_scores), _Mean.of(self.as_dict())
        if then is None or now is None:
            return [Change("mae_rise", None, thresholds.mae_rise)]
        # The wider spread of the two: a small sample without its worst errors looks too sure.
        spread = max(then.deviation, now.deviation)
        variance = spread**2 * (1 / then.rows + 1 / now.rows)
        noise = Noise(0.0, FALSE_ALARM_DEVIATIONS * math.sqrt(variance) / then.value)
        rise = now.value / then.value - 1
        return [Change("mae_rise", rise, beyond_noise(thresholds.mae_rise, noise))]


@dataclass(frozen=True)
class _Mean:
    """A mean absolute error, the deviation of the absolute errors, and how many they were."""

    value: float
    deviation: float
    rows: int

    @classmethod
    def of(cls, scores: Mapping[str, Any]) -> _Mean | None:
        """None where the scores do not say, or where no error is left to compare with."""
        mae, rmse, rows = (scores.get(name) for name in ("mae", "rmse", "rows"))
        if not (mae and rmse and rows):
            return None
        # The mean of the squares less the square of the mean.
        return cls(mae, mae * math.sqrt(max((rmse / mae) ** 2 - 1, 0.0)), rows)


def score_regression(truth: ArrayLike, values: ArrayLike) -> RegressionScores:
    """Scores predictions, shape `(rows,)`, of finite numbers. Raises DataError on others.

    >>> score_regression([3, 5], [2, 8]).mae
    2.0
    """
    return RegressionScores(predicted(truth, values))
