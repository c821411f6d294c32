"""CloudWatch and EventBridge get what they can take, and their refusals surface."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tidewatch.aws.cloudwatch import Aggregate, CloudWatch, batches
from tidewatch.aws.verdict_events import EventBridge, EventError, Reason, VerdictEvent

pytestmark = pytest.mark.usefixtures("aws")

DIMENSIONS = {"Model": "flights", "Version": "1", "Variant": "champion"}


def _event(verdict: str = "critical") -> VerdictEvent:
    reasons = (Reason("psi", "temp", 3.2, 0.25),)
    times = ("2013-04-01T00:00:00Z", "2013-04-08T00:00:00Z")
    return VerdictEvent("data_monitor", "flights", "1", "champion", verdict, reasons, *times)


def test_an_aggregate_is_a_metric_with_model_version_and_variant() -> None:
    now = datetime.now(UTC)
    CloudWatch().put([Aggregate("data_monitor_verdict", DIMENSIONS, 2.0, now)])
    cloudwatch = boto3.client("cloudwatch")
    (metric,) = cloudwatch.list_metrics(Namespace="Tidewatch")["Metrics"]
    assert {item["Name"]: item["Value"] for item in metric["Dimensions"]} == DIMENSIONS
    points = cloudwatch.get_metric_statistics(
        Namespace="Tidewatch",
        MetricName="data_monitor_verdict",
        Dimensions=metric["Dimensions"],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert [point["Sum"] for point in points] == [2.0]


def test_a_request_holds_at_most_1000_metrics_and_stays_under_a_megabyte() -> None:
    small = [{"MetricName": "m"}] * 2500
    assert [len(batch) for batch in batches(small)] == [1000, 1000, 500]
    large = [{"MetricName": "m" * 300_000}] * 5
    assert [len(batch) for batch in batches(large)] == [2, 2, 1]


def test_a_verdict_becomes_an_event_of_its_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = EventBridge()
    sent = _recorded(bus, monkeypatch, [])
    bus.announce([_event()])
    ((entry,),) = sent
    assert (entry["Source"], entry["DetailType"]) == ("tidewatch.data_monitor", "Tidewatch Verdict")
    assert json.loads(entry["Detail"]) == {
        "model": "flights",
        "version": "1",
        "variant": "champion",
        "unit": "data_monitor",
        "verdict": "critical",
        "reasons": [{"metric": "psi", "feature": "temp", "value": 3.2, "threshold": 0.25}],
        "window": {"start": "2013-04-01T00:00:00Z", "end": "2013-04-08T00:00:00Z"},
    }


def test_ten_events_at_a_time_are_put(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = EventBridge()
    sent = _recorded(bus, monkeypatch, [])
    bus.announce(_event() for _ in range(23))
    assert [len(entries) for entries in sent] == [10, 10, 3]


def test_an_event_that_the_bus_refuses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = EventBridge()
    _recorded(bus, monkeypatch, [{"EventId": "1"}, {"ErrorCode": "Throttled", "ErrorMessage": "x"}])
    with pytest.raises(EventError, match="Throttled: x"):
        bus.announce([_event(), _event()])


def test_the_bus_itself_takes_the_events() -> None:
    EventBridge().announce([_event("ok")])


def _recorded(
    bus: EventBridge, patch: pytest.MonkeyPatch, answer: list[dict[str, str]]
) -> list[list[dict[str, str]]]:
    sent: list[list[dict[str, str]]] = []

    def put_events(Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        sent.append(Entries)
        return {"Entries": answer}

    patch.setattr(bus._events, "put_events", put_events)
    return sent
