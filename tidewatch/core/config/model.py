"""A model's file: `config/models/<name>.yaml`."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from tidewatch.core.config.base import Section
from tidewatch.core.config.duration import Duration
from tidewatch.core.config.endpoint import Scaling, Shift
from tidewatch.core.config.schedule import Schedule
from tidewatch.core.config.user_metric import MetricName, UserMetric
from tidewatch.core.feature_kind import FeatureKind
from tidewatch.core.prediction_columns import is_taken
from tidewatch.core.task import Task
from tidewatch.core.thresholds import Thresholds

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,15}$")]
Column = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]


def _not_taken(name: str) -> str:
    if is_taken(name):
        raise ValueError("a name that is no column of the prediction log; rename it in the SQL too")
    return name


ClassName = Annotated[str, Field(pattern=r"^[^\s,\"](?:[^,\"\r\n]{0,62}[^\s,\"])?$")]
"""A class travels in CSV answers and labels: no comma, quote, line end or blank around it."""
FeatureName = Annotated[Column, AfterValidator(_not_taken)]
Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[int, Field(ge=0, le=100)]

_FEWEST_CLASSES = 3


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
    spot_max_wait: Duration | None = None
    """Trials on spot instances; one may take so long, waiting for capacity included."""
    concurrent_runs: int = Field(default=1, ge=1, le=20)
    """At most so many training runs go on at once; later ones wait for their turn."""

    @model_validator(mode="after")
    def _waits_as_long_as_it_runs(self) -> Self:
        if self.spot_max_wait is not None and self.spot_max_wait < self.max_runtime:
            raise ValueError(
                "spot_max_wait must be at least max_runtime,"
                f" found {self.spot_max_wait} and {self.max_runtime}"
            )
        return self


# Half of it can go first.
_FLEET = 2


class Serving(Section):
    """The endpoint's two variants, and how they are updated, scaled and guarded."""

    weights: dict[Literal["champion", "challenger"], Annotated[float, Field(ge=0)]]
    instance_type: str = "ml.m5.large"
    instance_count: int = Field(default=2, ge=1)
    """Of each variant: of two, one may fail."""
    capture_percent: Percent = 100
    shadow: bool = False
    """The challenger gets copies of requests and answers nobody; its weight, next to the
    champion's, is the share of requests that are copied."""
    shift: Shift = Shift()
    scaling: Scaling | None = None
    """Without it, instances are as many as people set."""
    max_latency_ms: int = Field(default=1000, ge=1, le=60_000)
    """The slowest hundredth of a minute's answers may take so long; slower alarms."""
    max_error_share: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """The share of a minute's requests that may end in a server error; more alarms."""

    @model_validator(mode="after")
    def _has_two_weights(self) -> Self:
        if set(self.weights) != {"champion", "challenger"} or sum(self.weights.values()) <= 0:
            raise ValueError("expected weights for champion and challenger, with a sum above 0")
        return self

    @model_validator(mode="after")
    def _has_a_fleet_to_shift(self) -> Self:
        fewest = min(self.instance_count, self.scaling.min if self.scaling else self.instance_count)
        if self.shift.kind != "all_at_once" and fewest < _FLEET:
            raise ValueError(
                f"a {self.shift.kind} shift moves at most half of a variant's instances first, so"
                f" instance_count and scaling.min must be at least {_FLEET}, found {fewest};"
                " or shift all_at_once"
            )
        return self


class Monitoring(Section):
    """How windows are cut and judged."""

    schedule: Schedule | None = None
    """When the monitors run; without one, at the stage's `monitoring_rate`."""
    window: Duration
    lateness: Duration
    """How long after a window's end its records may still arrive."""
    watermark: Literal["wall_clock", "event_time"] = "wall_clock"
    """What closes a window: the clock, or (for replays) the latest event time seen."""
    min_rows: int = Field(default=200, ge=1)
    """Fewer rows than this are `insufficient_data`."""
    thresholds: Thresholds = Thresholds()
    segments: list[Column] = Field(default_factory=list, max_length=5)
    """Categorical features by whose values quality and `metrics` are also measured apart."""
    metrics: dict[MetricName, UserMetric] = Field(default_factory=dict)
    """The model's own metrics by name: business KPIs, or any other number of a window."""
    instance_type: str = "ml.m5.large"
    max_runtime: Duration
    engine: Literal["job", "auto", "sharded", "spark"] = "job"
    """What profiles a window's rows; `auto` goes by how many are due. See docs/scale.md."""
    shard_rows: int = Field(default=50_000_000, ge=1)
    """Rows that one instance profiles; `auto` takes several instances for more."""
    instances: int = Field(default=8, ge=1, le=100)
    """At most so many instances profile side by side."""
    spark_rows: int | None = Field(default=None, ge=1)
    """`auto` takes Spark for more rows than this; None for never."""

    def rate(self, stage: timedelta) -> timedelta:
        """How often the monitors run, where `stage` is how often the stage's do."""
        return self.schedule.period if self.schedule else stage

    @property
    def uses_spark(self) -> bool:
        """Whether Spark has to be there."""
        return self.engine == "spark" or (self.engine == "auto" and self.spark_rows is not None)

    @model_validator(mode="after")
    def _has_limits_in_order(self) -> Self:
        if self.spark_rows is not None and self.spark_rows <= self.shard_rows:
            raise ValueError(
                "spark_rows must be above shard_rows,"
                f" found {self.spark_rows} and {self.shard_rows}"
            )
        return self


class Retraining(Section):
    """When a critical verdict starts a training run by itself."""

    enabled: bool = True
    min_new_data: Duration
    """How much event time must have passed since the newest version's training data ended."""


class ModelConfig(Section):
    """One model: a named prediction task."""

    name: Name
    description: str
    task: Task
    classes: list[ClassName] = Field(default_factory=list, validate_default=True)
    """What the label can be, in order; multiclass classification alone has them."""
    raw: list[Column] = Field(min_length=1)
    """Raw tables: folders of Parquet files under `s3://<raw bucket>/<model>/<table>/`."""
    prepare: str = Field(min_length=1)
    """DuckDB SQL over the raw tables that yields the event time, the label and the features."""
    event_time: Column
    label: Column
    features: dict[FeatureName, FeatureKind] = Field(min_length=1)
    training: Training
    serving: Serving
    monitoring: Monitoring
    retraining: Retraining

    @property
    def request_columns(self) -> list[str]:
        """The columns of one CSV row sent to the endpoint, in order: features, event time."""
        return [*self.features, self.event_time]

    @field_validator("classes")
    @classmethod
    def _fit_the_task(cls, classes: list[str], info: ValidationInfo) -> list[str]:
        multiclass = info.data.get("task") is Task.MULTICLASS_CLASSIFICATION
        if multiclass and len(classes) < _FEWEST_CLASSES:
            raise ValueError(f"multiclass classification names at least {_FEWEST_CLASSES} classes")
        if classes and not multiclass and "task" in info.data:
            raise ValueError("only multiclass classification has classes")
        _check_unique("classes", classes)
        return classes

    @field_validator("features")
    @classmethod
    def _have_no_leak(
        cls, features: dict[str, FeatureKind], info: ValidationInfo
    ) -> dict[str, FeatureKind]:
        clashes = {info.data.get(name) for name in ("label", "event_time")} & features.keys()
        if clashes:
            raise ValueError(
                f"label and event_time cannot be features, found {sorted(map(str, clashes))}"
            )
        _check_unique("features", [name.lower() for name in features])
        return features

    @field_validator("monitoring")
    @classmethod
    def _has_known_segments(cls, monitoring: Monitoring, info: ValidationInfo) -> Monitoring:
        features = info.data.get("features", {})
        known = {name for name, kind in features.items() if kind is FeatureKind.CATEGORICAL}
        strangers = sorted(set(monitoring.segments) - known)
        if strangers and features:
            raise ValueError(f"segments that are categorical features, found {strangers}")
        _check_unique("segments", monitoring.segments)
        return monitoring

    @field_validator("monitoring")
    @classmethod
    def _has_limits_of_known_features(
        cls, monitoring: Monitoring, info: ValidationInfo
    ) -> Monitoring:
        features = info.data.get("features", {})
        strangers = sorted(set(monitoring.thresholds.features) - set(features))
        if strangers and features:
            raise ValueError(f"thresholds of the model's features, found {strangers}")
        return monitoring


def _check_unique(what: str, names: list[str]) -> None:
    """Names of features are compared in lower case: SQL and Delta tables ignore case."""
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ValueError(f"{what} that differ, found {', '.join(twice)} more than once")
