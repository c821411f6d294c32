"""Where metrics turn from ok to warning, and from warning to critical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

_STRICT: Final[Any] = {"extra": "forbid"}
"""For pydantic, where a configuration file holds these; this module needs no pydantic."""

FALSE_ALARM = 0.001
"""The chance that noise alone raises one judgement: one in a thousand."""

MOST_FALSE_ALARMS = 0.1
"""The largest chance that `Thresholds.false_alarm` may allow."""


@dataclass(frozen=True)
class Limit:
    """Where a metric turns from ok to warning, and from warning to critical."""

    __pydantic_config__ = _STRICT

    warning: float
    critical: float


@dataclass(frozen=True)
class FeatureLimits:
    """One feature's own limits; None leaves the model's."""

    __pydantic_config__ = _STRICT

    psi: Limit | None = None
    missing_rise: Limit | None = None
    outlier_rise: Limit | None = None


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
    capture_ratio: Limit = Limit(warning=0.995, critical=0.99)
    """Share of an hour's answers that were captured; less is worse."""
    roc_auc_drop: Limit = Limit(warning=0.03, critical=0.08)
    """Fall of ROC AUC below the baseline's (binary classification)."""
    calibration_error: Limit = Limit(warning=0.1, critical=0.2)
    """Expected calibration error (binary classification)."""
    accuracy_drop: Limit = Limit(warning=0.03, critical=0.08)
    """Fall of the share of right decisions below the baseline's (multiclass classification)."""
    macro_recall_drop: Limit = Limit(warning=0.05, critical=0.12)
    """Fall of the classes' mean recall below the baseline's (multiclass classification)."""
    mae_rise: Limit = Limit(warning=0.2, critical=0.5)
    """Rise of the mean absolute error over the baseline's, as a share of it (regression)."""
    false_alarm: float = FALSE_ALARM
    """The chance that noise alone raises one judgement of one feature: above 0, at most 0.1."""
    features: Mapping[str, FeatureLimits] = field(default_factory=dict)
    """By name, the features that have limits of their own."""

    def __post_init__(self) -> None:
        """Raises ValueError on a chance that is none."""
        if not 0 < self.false_alarm <= MOST_FALSE_ALARMS:
            raise ValueError(
                f"false_alarm must be above 0 and at most {MOST_FALSE_ALARMS}, "
                f"found {self.false_alarm}"
            )

    def of(self, feature: str) -> Thresholds:
        """The limits of one feature: its own where it has some, the model's otherwise.

        >>> strict = FeatureLimits(psi=Limit(warning=0.02, critical=0.05))
        >>> Thresholds(features={"temp": strict}).of("temp").psi
        Limit(warning=0.02, critical=0.05)
        """
        own = self.features.get(feature)
        if own is None:
            return self
        limits = {item.name: getattr(own, item.name) for item in fields(own)}
        return replace(self, **{name: limit for name, limit in limits.items() if limit})
