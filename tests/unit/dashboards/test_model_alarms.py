"""The alarms of a model: what each watches, and what silence means to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dashboards.model_alarms import UNWELL, AlarmRule, alarm_rules, anomaly_rules
from tidewatch.core.config import load_model

PROJECT = Path(__file__).parents[3]
FLIGHTS = load_model(PROJECT / "config", "flights")
HOUR = timedelta(hours=1)


def rules(rate: timedelta = HOUR) -> dict[tuple[str, str], AlarmRule]:
    found = alarm_rules(FLIGHTS, "flights-prod", rate)
    return {(rule.name, rule.of): rule for rule in found}


def test_each_variant_is_watched_for_errors_and_slowness_by_the_models_own_limits() -> None:
    for variant in ("champion", "challenger"):
        errors, latency = rules()["EndpointErrors", variant], rules()["EndpointLatency", variant]
        dimensions = {"EndpointName": "flights-prod", "VariantName": variant}
        assert errors.metric.dimensions == latency.metric.dimensions == dimensions
        assert errors.threshold == FLIGHTS.serving.max_error_share
        # SageMaker's latency is in microseconds.
        assert latency.threshold == FLIGHTS.serving.max_latency_ms * 1_000


def test_silence_is_bad_news_of_a_monitor_only() -> None:
    silence = {rule.name: rule.missing for rule in rules().values()}
    assert silence == {
        "EndpointErrors": "not breaching",
        "EndpointLatency": "not breaching",
        "DriftStandsCritical": "as before",
        "QualityStandsCritical": "as before",
        "MonitorSilent": "breaching",
    }


@pytest.mark.parametrize(
    ("rate", "period", "periods"),
    [
        (timedelta(minutes=5), timedelta(minutes=5), 3),
        (timedelta(hours=1), timedelta(hours=1), 3),
        (timedelta(days=1), timedelta(days=1), 3),
        (timedelta(days=2), timedelta(days=1), 6),
    ],
)
def test_a_monitor_is_silent_after_three_runs_missed(
    rate: timedelta, period: timedelta, periods: int
) -> None:
    rule = rules(rate)["MonitorSilent", ""]
    assert (rule.metric.period, rule.periods) == (period, periods)
    assert rule.metric.statistic == "SampleCount"


def test_cloudwatch_does_not_watch_for_silence_longer_than_it_can_look_back() -> None:
    assert ("MonitorSilent", "") not in rules(timedelta(days=7))


def test_every_period_and_span_is_one_that_cloudwatch_takes() -> None:
    for minutes in (1, 5, 45, 60, 90, 24 * 60, 2 * 24 * 60, 7 * 24 * 60):
        for rule in rules(timedelta(minutes=minutes)).values():
            seconds = rule.metric.period.total_seconds()
            assert seconds % 60 == 0
            assert seconds <= 86_400
            longest = timedelta(days=1) if seconds < 3600 else timedelta(days=7)
            assert rule.periods * rule.metric.period <= longest


def test_quality_drift_and_errors_make_a_model_unwell_and_slowness_does_not() -> None:
    assert {rule.name for rule in rules().values()} - set(UNWELL) == {
        "EndpointLatency",
        "MonitorSilent",
    }


def test_every_alarm_has_a_runbook_that_its_words_name() -> None:
    words = {rule.name: rule.description for rule in rules().values()}
    words |= {rule.name: rule.description for rule in anomaly_rules("flights", "flights-prod")}
    assert len(words) == 6
    for name, description in words.items():
        runbook = f"docs/runbooks/{name}.md"
        assert description.endswith(runbook)
        assert (PROJECT / runbook).is_file(), runbook
