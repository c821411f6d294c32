"""A model's file: `config/models/<name>.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tidewatch.core.config.base import Section
from tidewatch.core.config.duration import Duration
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.thresholds import Thresholds

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,15}$")]
Column = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[int, Field(ge=0, le=100)]


class ParameterRange(Section):
    """One tuned hyperparameter, as SageMaker's tuning API takes it."""

    kind: Literal["integer", "continuous"]
    min: float
    max: float
    scale: Literal["Auto", "Linear", "Logarithmic"] = "Auto"

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.min >= self.max:
            raise ValueError(f"min must be below max, found {self.min} and {self.max}")
        if self.scale == "Logarithmic" and self.min <= 0:
            raise ValueError(f"a logarithmic range needs min above 0, found {self.min}")
        return self


class Tuning(Section):
    """The hyperparameter tuning job."""

    strategy: Literal["Bayesian", "Random"] = "Bayesian"
    jobs: int = Field(default=8, ge=1, le=500)
    parallel: int = Field(default=2, ge=1, le=100)
    parameters: dict[Column, ParameterRange] = Field(min_length=1)


class Training(Section):
    """How versions of this model are made."""

    span: Duration
    """How much history a training run takes, back from its end."""
    validation_share: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """The last share of that span, by event time, on which trials are scored."""
    instance_type: str = "ml.m5.xlarge"
    max_runtime: Duration
    hyperparameters: dict[Column, str] = Field(default_factory=dict)
    tuning: Tuning


class Serving(Section):
    """The endpoint's two production variants."""

    weights: dict[Literal["champion", "challenger"], Annotated[float, Field(ge=0)]]
    instance_type: str = "ml.m5.large"
    instance_count: int = Field(default=1, ge=1)
    capture_percent: Percent = 100

    @model_validator(mode="after")
    def _has_two_weights(self) -> Self:
        if set(self.weights) != {"champion", "challenger"} or sum(self.weights.values()) <= 0:
            raise ValueError("expected weights for champion and challenger, with a sum above 0")
        return self


class Monitoring(Section):
    """How windows are cut and judged."""

    window: Duration
    lateness: Duration
    """How long after a window's end its records may still arrive."""
    watermark: Literal["wall_clock", "event_time"] = "wall_clock"
    """What closes a window: the clock, or (for replays) the latest event time seen."""
    min_rows: int = Field(default=200, ge=1)
    """Fewer rows than this are `insufficient_data`."""
    thresholds: Thresholds = Thresholds()
    instance_type: str = "ml.m5.large"
    max_runtime: Duration


class Retraining(Section):
    """When a critical verdict starts a training run by itself."""

    enabled: bool = True
    min_new_data: Duration
    """How much event time must have passed since the newest version's training data ended."""


class ModelConfig(Section):
    """One model: a named prediction task."""

    name: Name
    description: str
    task: Literal["binary_classification"]
    raw: list[Column] = Field(min_length=1)
    """Raw tables: folders of Parquet files under `s3://<raw bucket>/<model>/<table>/`."""
    prepare: str = Field(min_length=1)
    """DuckDB SQL over the raw tables that yields the event time, the label and the features."""
    event_time: Column
    label: Column
    features: dict[Column, FeatureKind] = Field(min_length=1)
    training: Training
    serving: Serving
    monitoring: Monitoring
    retraining: Retraining

    @property
    def request_columns(self) -> list[str]:
        """The columns of one CSV row sent to the endpoint, in order: features, event time."""
        return [*self.features, self.event_time]

    @model_validator(mode="after")
    def _has_no_leak(self) -> Self:
        clashes = {self.label, self.event_time} & set(self.features)
        if clashes:
            raise ValueError(f"label and event_time cannot be features, found {sorted(clashes)}")
        return self
