"""Metrics that a model's file adds: business KPIs, or any other number of a window."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from tidewatch.core.config.base import Section
from tidewatch.core.thresholds import Limit
from tidewatch.core.verdict import Direction

_ENTRY_POINT = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$"

_LABEL = re.compile(r"\blabel\b", re.IGNORECASE)

RESERVED = frozenset(
    {
        "accuracy",
        "average_precision",
        "brier",
        "calibration_error",
        "f1",
        "false_negative",
        "false_positive",
        "labelled_share",
        "log_loss",
        "mae",
        "mape",
        "mean_error",
        "mean_label",
        "mean_score",
        "positive_share",
        "precision",
        "r_squared",
        "recall",
        "rmse",
        "roc_auc",
        "rows",
        "true_negative",
        "true_positive",
        "verdict",
        "zero_labels",
    }
)
"""Names that the model monitor's own metrics have."""

RESERVED_FORM = re.compile(
    r"(estimated?|class|macro|micro|weighted|error|absolute_error)_.*|.*_(drop|rise|seconds)"
)
"""And forms of names that they have, or may come to have."""


class UserMetric(Section):
    """One number a window: an SQL expression, or a function of your own code.

    `sql` is an aggregate expression in DuckDB's SQL over the window's predictions, one row each:
    the features, `score`, `label` (null where not known yet), `version`, `variant`,
    `inference_id`, `event_time` and `inference_time`. `entry_point`, as `package.module:function`,
    names a function that takes these rows as a `pyarrow.Table` and returns a number or None; its
    code must be in the monitoring image. Each is measured for every variant and every segment;
    `limits` judge the whole.
    """

    sql: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    entry_point: Annotated[str, Field(pattern=_ENTRY_POINT)] | None = None
    limits: Limit | None = None
    direction: Direction | None = None
    """Which way is worse; limits need it."""

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.sql is None) == (self.entry_point is None):
            raise ValueError("expected either sql or entry_point")
        return self

    @model_validator(mode="after")
    def _has_direction_and_order(self) -> Self:
        if self.limits is None:
            return self
        if self.direction is None:
            raise ValueError("limits need a direction: higher_is_worse or lower_is_worse")
        rising = self.limits.warning <= self.limits.critical
        falling = self.limits.warning >= self.limits.critical
        if not (rising if self.direction is Direction.HIGHER_IS_WORSE else falling):
            raise ValueError(f"critical must be worse than warning where {self.direction.value}")
        return self

    @property
    def needs_labels(self) -> bool:
        """Whether only rows with a label count as its sample."""
        return self.sql is None or _LABEL.search(self.sql) is not None


def is_reserved(name: str) -> bool:
    """Whether a metric of the model monitor has this name, or may come to have it.

    >>> [name for name in ("conversion_rate", "rows", "roc_auc_drop") if is_reserved(name)]
    ['rows', 'roc_auc_drop']
    """
    return name in RESERVED or RESERVED_FORM.fullmatch(name) is not None


def _not_reserved(name: str) -> str:
    if is_reserved(name):
        raise ValueError("a name that no metric of the model monitor has")
    return name


MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$"), AfterValidator(_not_reserved)]
