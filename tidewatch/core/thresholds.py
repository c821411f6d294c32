"""Where metrics turn from ok to warning, and from warning to critical."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

_STRICT: Final[Any] = {"extra": "forbid"}
"""For pydantic, where a configuration file holds these; this module needs no pydantic."""


@dataclass(frozen=True)
class Limit:
    """Where a metric turns from ok to warning, and from warning to critical."""

    __pydantic_config__ = _STRICT

    warning: float
    critical: float


@dataclass(frozen=True)
class Thresholds:
    """The limits that this model's verdicts use. Each metric's direction is its own."""

    __pydantic_config__ = _STRICT

    psi: Limit = Limit(warning=0.1, critical=0.25)
    """Population stability index of one feature, or of the score."""
    drifted_share: Limit = Limit(warning=0.2, critical=0.4)
    """Share of features whose own verdict is critical."""
    missing_rise: Limit = Limit(warning=0.05, critical=0.2)
    """Rise of a feature's missing share over the baseline."""
    outlier_rise: Limit = Limit(warning=0.05, critical=0.2)
    """Rise of a feature's share of outliers over the baseline."""
    quarantined_share: Limit = Limit(warning=0.01, critical=0.05)
    """Share of the records read that were quarantined."""
    roc_auc_drop: Limit = Limit(warning=0.03, critical=0.08)
    """Fall of ROC AUC below the baseline's."""
    calibration_error: Limit = Limit(warning=0.1, critical=0.2)
    """Expected calibration error."""
