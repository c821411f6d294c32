"""What is paid for being used: from the models' files and a volume that you name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from stacks.cost.line import Line
from stacks.cost.prices import HOURS, Prices
from tidewatch.core.config import Config, ModelConfig

_DAYS = HOURS / 24
_GB = 1e9
# Measured: see docs/scale.md.
_RECORD_BYTES, _ROW_BYTES = 693, 167
_LOG_KEPT_DAYS = 365
_SECONDS_OF_A_JOB = 180
"""What an instance is paid for before and after its program."""
_JOBS_OF_A_RUN = 3
"""prediction_log, data_monitor, model_monitor."""
_JOBS_OF_TRAINING = 3
"""data_prep, evaluation, registration."""
_VARIANTS = 2
_IMAGES, _BUILD_MINUTES = 3, 10
_STATISTICS = 12
"""Series a feature and variant; a few more a model."""


@dataclass(frozen=True)
class Volume:
    """What no configuration says, for each model."""

    predictions_a_day: int = 100_000
    trainings_a_month: float = 2
    trial: timedelta = timedelta(minutes=5)
    job: timedelta = timedelta(minutes=1)
    """A monitoring or preparation job's own work, besides its start."""
    builds_a_month: int = 10


def running(config: Config, volume: Volume, prices: Prices) -> list[Line]:
    """The lines of every model, and of what all share."""
    lines = [line for model in config.models for line in _of_model(config, model, volume, prices)]
    if config.stage.images:
        minutes = volume.builds_a_month * _IMAGES * _BUILD_MINUTES
        usd = minutes * prices.build_minute
        lines.append(Line("images", "builds", f"{minutes} minutes", usd))
    return lines


def _of_model(config: Config, model: ModelConfig, volume: Volume, prices: Prices) -> list[Line]:
    return [
        _serving(model, prices),
        *_training(model, volume, prices),
        _monitoring(config, model, volume, prices),
        _series(config, model, prices),
        *_kept(config, model, volume, prices),
    ]


def _serving(model: ModelConfig, prices: Prices) -> Line:
    serving = model.serving
    count = _VARIANTS * serving.instance_count
    quantity = f"{count} x {HOURS} h"
    usd = _instances(serving.instance_type, count * HOURS, prices)
    driver = f"endpoint instances, {serving.instance_type}"
    return Line(f"{model.name}-serving", driver, quantity, usd)


def _training(model: ModelConfig, volume: Volume, prices: Prices) -> list[Line]:
    training, stack = model.training, f"{model.name}-training"
    runs = volume.trainings_a_month
    trials = runs * training.tuning.jobs * _hours(volume.trial)
    jobs = runs * _JOBS_OF_TRAINING * _hours(volume.job)
    return [
        Line(stack, f"{name}, {training.instance_type}", f"{hours:.1f} h", usd)
        for name, hours in (("trials", trials), ("preparation and evaluation", jobs))
        for usd in (_instances(training.instance_type, hours, prices),)
    ]


def _monitoring(config: Config, model: ModelConfig, volume: Volume, prices: Prices) -> Line:
    runs = HOURS / _hours_between(config, model)
    hours = runs * _JOBS_OF_A_RUN * _hours(volume.job)
    kind = model.monitoring.instance_type
    usd = _instances(kind, hours, prices)
    return Line(
        f"{model.name}-monitoring", f"jobs of {runs:.0f} runs, {kind}", f"{hours:.0f} h", usd
    )


def _series(config: Config, model: ModelConfig, prices: Prices) -> Line:
    windows = HOURS / max(
        _hours_between(config, model), model.monitoring.window / timedelta(hours=1)
    )
    samples = len(model.features) * _STATISTICS * _VARIANTS * windows
    usd = samples / 1e7 * prices.samples_ten_million
    return Line("observability", f"series of {model.name}", f"{samples:,.0f} samples", usd)


def _kept(config: Config, model: ModelConfig, volume: Volume, prices: Prices) -> list[Line]:
    captured = volume.predictions_a_day * model.serving.capture_percent / 100
    days = config.stage.retention.capture.days
    return [
        Line("storage", f"{what} of {model.name}", f"{gb:,.1f} GB", gb * prices.storage_gb)
        for what, gb in (
            (f"{days} days of capture", captured * days * _RECORD_BYTES / _GB),
            (f"{_LOG_KEPT_DAYS} days of log", captured * _LOG_KEPT_DAYS * _ROW_BYTES / _GB),
        )
    ]


def _hours_between(config: Config, model: ModelConfig) -> float:
    schedule = model.monitoring.schedule
    rate = schedule.period if schedule else config.stage.monitoring_rate
    return rate / timedelta(hours=1)


def _hours(work: timedelta) -> float:
    return (work.total_seconds() + _SECONDS_OF_A_JOB) / 3600


def _instances(kind: str, hours: float, prices: Prices) -> float | None:
    instance = prices.instance(kind)
    return None if instance is None else instance.hour * hours
