"""The alarms of CloudWatch for one model: what Prometheus cannot see, and a second pair of eyes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from dashboards.alert_rules import Severity
from dashboards.cloudwatch_metric import (
    VARIANTS,
    CloudWatchMetric,
    of_endpoint,
    standing_critical,
)
from tidewatch.core.config import ModelConfig

_MICROSECONDS = 1_000
"""In a millisecond: SageMaker measures latency in microseconds."""
_SUSTAINED = 5
"""Minutes in a row: a shorter dip takes back a release that is under way, and wakes nobody."""
_RUNS_MISSED = 3
_DAY = timedelta(days=1)
# An alarm looks back over a week at most, in periods of at most a day.
_FARTHEST = timedelta(days=7)


@dataclass(frozen=True)
class AlarmRule:
    """One alarm; it goes off after `periods` periods in a row that are beyond `threshold`.

    `missing` says what a period without data is. Rules of one name share a runbook.
    """

    name: str
    severity: Severity
    metric: CloudWatchMetric
    comparison: Literal["above", "at least", "below"]
    threshold: float
    periods: int
    missing: Literal["breaching", "not breaching", "as before"]
    summary: str
    action: str
    of: str = ""
    """What sets rules of one name apart, such as a variant."""

    @property
    def description(self) -> str:
        """What people are told."""
        return f"{self.summary} {self.action} Runbook: docs/runbooks/{self.name}.md"


@dataclass(frozen=True)
class AnomalyRule:
    """An alarm on what is unusual for the hour and the weekday, more or less than that."""

    name: str
    severity: Severity
    metric: CloudWatchMetric
    band: float
    """Its half width, in standard deviations."""
    periods: int
    summary: str
    action: str

    @property
    def description(self) -> str:
        """What people are told."""
        return f"{self.summary} {self.action} Runbook: docs/runbooks/{self.name}.md"


# Any one of these makes a model unwell.
UNWELL = ("DriftStandsCritical", "QualityStandsCritical", "EndpointErrors")


def alarm_rules(model: ModelConfig, endpoint: str, rate: timedelta) -> tuple[AlarmRule, ...]:
    """The alarms of one model, whose monitors run at `rate`."""
    return (
        *_endpoint_alarms(model, endpoint),
        *_standing_alarms(model.name, rate),
        *_silent(model.name, rate),
    )


def anomaly_rules(model: str, endpoint: str) -> tuple[AnomalyRule, ...]:
    """What is learnt of one model's traffic."""
    (champion, _) = of_endpoint(endpoint, "Invocations", "Sum", timedelta(minutes=15))
    return (
        AnomalyRule(
            name="UnusualTraffic",
            severity="warning",
            metric=champion,
            band=3,
            periods=4,
            summary=f"{model} is asked much more, or less, than is usual for this hour.",
            action="Ask the clients; compare drift of the same hours.",
        ),
    )


def _endpoint_alarms(model: ModelConfig, endpoint: str) -> Iterator[AlarmRule]:
    share, limit = model.serving.max_error_share, model.serving.max_latency_ms
    errors = of_endpoint(endpoint, "Invocation5XXErrors", "Average")
    latency = of_endpoint(endpoint, "ModelLatency", "p99")
    for variant, failing, slow in zip(VARIANTS, errors, latency, strict=True):
        yield AlarmRule(
            name="EndpointErrors",
            severity="critical",
            metric=failing,
            comparison="above",
            threshold=share,
            periods=_SUSTAINED,
            missing="not breaching",  # nobody asks, so nobody is failed
            summary=f"{model.name} ({variant}) fails more than {share:.2%} of its requests.",
            action="Read the container's log; roll back where a release did it.",
            of=variant,
        )
        yield AlarmRule(
            name="EndpointLatency",
            severity="warning",
            metric=slow,
            comparison="above",
            threshold=limit * _MICROSECONDS,
            periods=_SUSTAINED,
            missing="not breaching",
            summary=f"{model.name} ({variant}): one answer of a hundred takes over {limit} ms.",
            action="Look at CPU and traffic a minute; scale out, or roll back.",
            of=variant,
        )


def _standing_alarms(model: str, rate: timedelta) -> Iterator[AlarmRule]:
    for name, unit, subject, action in (
        ("DriftStandsCritical", "data_monitor", "Data drift", "See DataDriftCritical."),
        ("QualityStandsCritical", "model_monitor", "Quality", "See ModelQualityCritical."),
    ):
        yield AlarmRule(
            name=name,
            severity="critical",
            metric=standing_critical(model, unit, _period(rate)),
            comparison="at least",
            threshold=1,
            periods=1,
            missing="as before",  # a monitor that is late or dead has another alarm
            summary=f"{subject} of {model}: the newest verdict is critical.",
            action=action,
        )


def _silent(model: str, rate: timedelta) -> Iterator[AlarmRule]:
    if _RUNS_MISSED * rate > _FARTHEST:
        return  # Prometheus's MonitorDead tells it alone
    period = _period(rate)
    counted = standing_critical(model, "data_monitor", period)
    yield AlarmRule(
        name="MonitorSilent",
        severity="critical",
        metric=replace(counted, statistic="SampleCount", label="runs of data_monitor"),
        comparison="below",
        threshold=1,
        periods=math.ceil(_RUNS_MISSED * rate / period),
        missing="breaching",  # no data is the very thing
        summary=f"The data monitor of {model} has said nothing for {_RUNS_MISSED} runs.",
        action="See MonitorDead, which tells the same from Prometheus.",
    )


def _period(rate: timedelta) -> timedelta:
    """A period in which a run is expected: CloudWatch knows whole minutes, a day at most."""
    return min(rate, _DAY)
