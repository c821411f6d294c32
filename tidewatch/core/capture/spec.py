"""What a model's capture must look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import itemgetter
from typing import Any

from tidewatch.core.capture.values import (
    binary_label,
    category,
    number,
    predicted_class,
    predicted_value,
    score,
    true_class,
    true_value,
)
from tidewatch.core.config.model import ModelConfig
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.task import Task


@dataclass(frozen=True)
class CaptureSpec:
    """The features in request order, the event time's column, which comes last, and the task.

    `classes` are the model's classes in order; only multiclass classification has any.
    """

    features: Mapping[str, FeatureKind]
    event_time: str
    task: Task = Task.BINARY_CLASSIFICATION
    classes: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: ModelConfig) -> CaptureSpec:
        """The capture of `model`."""
        return cls(model.features, model.event_time, model.task, tuple(model.classes))

    @cached_property
    def known_columns(self) -> frozenset[str]:
        """Every column that a request may name."""
        return frozenset((*self.features, self.event_time))

    def pick(self, instance: dict[str, Any]) -> Sequence[Any]:
        """The features' values of a JSON row, None for one that is absent."""
        try:
            return self._pick(instance)
        except KeyError:
            return [instance.get(name) for name in self.features]

    @cached_property
    def _pick(self) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
        if len(self.features) > 1:
            return itemgetter(*self.features)
        return lambda instance: tuple(instance[name] for name in self.features)

    @cached_property
    def readers(self) -> tuple[Callable[[object], float | str | None], ...]:
        """What reads each feature's value, in order."""
        return tuple(
            number if kind is FeatureKind.NUMERIC else category for kind in self.features.values()
        )

    @cached_property
    def read_score(self) -> Callable[[object], float]:
        """What reads an answer."""
        if self.task is Task.REGRESSION:
            return predicted_value
        if self.task is Task.MULTICLASS_CLASSIFICATION:
            return partial(predicted_class, classes=self.classes)
        return score

    @cached_property
    def read_label(self) -> Callable[[object], float]:
        """What reads a label."""
        if self.task is Task.REGRESSION:
            return true_value
        if self.task is Task.MULTICLASS_CLASSIFICATION:
            return partial(true_class, classes=self.classes)
        return binary_label
