"""What a model's capture must look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tidewatch.core.capture.values import category, number
from tidewatch.core.config.model import ModelConfig
from tidewatch.core.feature_kind import FeatureKind


@dataclass(frozen=True)
class CaptureSpec:
    """The features in request order, and the event time's column, which comes last."""

    features: Mapping[str, FeatureKind]
    event_time: str

    @classmethod
    def of(cls, model: ModelConfig) -> CaptureSpec:
        """The capture of `model`."""
        return cls(model.features, model.event_time)

    @cached_property
    def known_columns(self) -> frozenset[str]:
        """Every column that a request may name."""
        return frozenset((*self.features, self.event_time))

    @cached_property
    def readers(self) -> tuple[Callable[[object], float | str | None], ...]:
        """What reads each feature's value, in order."""
        return tuple(
            number if kind is FeatureKind.NUMERIC else category for kind in self.features.values()
        )
