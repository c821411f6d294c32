"""Telling the world: judged windows as series, aggregates and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tidewatch.aws.cloudwatch import Aggregate, Aggregates, CloudWatch
from tidewatch.aws.remote_write import RemoteWriter, Sample
from tidewatch.aws.verdict_events import EventBridge, Reason, VerdictBus, VerdictEvent
from tidewatch.core.published_metrics import (
    STANDING,
    aggregate_name,
    heartbeat_name,
    series_name,
    window_end_name,
)
from tidewatch.core.verdict import Verdict
from tidewatch.monitoring.judged_window import JudgedWindow, Measurement, Subject


class Series(Protocol):
    """Where samples go."""

    def send(self, samples: Iterable[Sample]) -> None:
        """Writes every sample, or raises."""


@dataclass(frozen=True)
class Publisher:
    """The three places that hear of verdicts."""

    series: Series
    aggregates: Aggregates
    bus: VerdictBus

    @classmethod
    def of(cls, remote_write_url: str) -> Publisher:
        """Amazon Managed Prometheus, CloudWatch and EventBridge."""
        return cls(RemoteWriter(remote_write_url), CloudWatch(), EventBridge())


def samples(judged: JudgedWindow, now: datetime) -> Iterator[Sample]:
    """A judged window as series at `now`: AMP takes no samples as old as the window itself."""
    at = milliseconds(now)
    for measurement in judged.measurements:
        if measurement.value is None:
            continue
        parts = {"feature": measurement.feature, "segment": measurement.segment}
        yield Sample(
            series_name(judged.unit, measurement.metric),
            labels(judged.model, judged.subject) | {k: v for k, v in parts.items() if v},
            measurement.value,
            at,
        )
    yield Sample(
        window_end_name(judged.unit),
        labels(judged.model, judged.subject),
        judged.window.end.timestamp(),
        at,
    )


def success(unit: str, model: str, now: datetime) -> Sample:
    """The heartbeat whose absence alarms."""
    return Sample(
        heartbeat_name(unit),
        {"model": model},
        now.timestamp(),
        milliseconds(now),
    )


def aggregates(judged: JudgedWindow, now: datetime) -> Iterator[Aggregate]:
    """What CloudWatch gets of a judged window: metrics of the whole, no feature's or segment's."""
    for measurement in judged.measurements:
        if measurement.value is not None and measurement.of_whole:
            yield Aggregate(
                aggregate_name(judged.unit, measurement.metric),
                dimensions(judged.model, judged.subject),
                measurement.value,
                now,
            )


def standing(
    unit: str, model: str, newest: Iterable[JudgedWindow], now: datetime
) -> Iterator[Aggregate]:
    """Whether anybody who serves is judged critical now, 1 or 0; and of each variant by itself.

    For alarms: they name their metric's dimensions once and for all, so no version may be among
    them. Gauges, put on every run: their absence says that nobody watches.
    """
    critical = {
        item.subject.variant: float(item.verdict is Verdict.CRITICAL)
        for item in sorted(newest, key=lambda item: item.subject)
    }
    name = aggregate_name(unit, STANDING)
    yield Aggregate(name, {"Model": model}, max(critical.values(), default=0.0), now)
    for variant, value in critical.items():
        yield Aggregate(name, {"Model": model, "Variant": variant}, value, now)


def event(judged: JudgedWindow) -> VerdictEvent:
    """The event of a judged window; its reasons are the limits passed, the worst first."""
    passed = [
        Reason(measurement.metric, measurement.feature, measurement.value, measurement.passed)
        for measurement in sorted(judged.measurements, key=_severity, reverse=True)
        if measurement.passed is not None
    ]
    start, _, end = str(judged.window).partition("/")
    return VerdictEvent(
        unit=judged.unit,
        model=judged.model,
        version=judged.subject.version,
        variant=judged.subject.variant,
        verdict=judged.verdict.value,
        reasons=tuple(passed),
        start=start,
        end=end,
    )


def _severity(measurement: Measurement) -> int:
    return measurement.verdict.code if measurement.passed is not None and measurement.verdict else 0


def labels(model: str, subject: Subject) -> dict[str, str]:
    """Prometheus labels."""
    return {"model": model, "version": subject.version, "variant": subject.variant}


def dimensions(model: str, subject: Subject) -> dict[str, str]:
    """CloudWatch dimensions."""
    return {"Model": model, "Version": subject.version, "Variant": subject.variant}


def milliseconds(moment: datetime) -> int:
    """Since the epoch."""
    return int(moment.timestamp() * 1000)
