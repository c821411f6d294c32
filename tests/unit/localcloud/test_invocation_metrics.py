from __future__ import annotations

from typing import Any

import pytest

from localcloud.endpoints import invocation_metrics
from localcloud.endpoints.invocation_metrics import Meter


class FakeCloudWatch:
    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []

    def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803
        assert Namespace == "AWS/SageMaker"
        self.data += MetricData


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> FakeCloudWatch:
    fake = FakeCloudWatch()
    monkeypatch.setattr(invocation_metrics, "root_client", lambda _: fake)
    return fake


def test_invocations_are_summed_by_variant(cloudwatch: FakeCloudWatch) -> None:
    meter = Meter()
    meter.count(("flights", "champion"), 200, 0.002, 0.003)
    meter.count(("flights", "champion"), 400, 0.004, 0.006)
    meter.put()
    found = {each["MetricName"]: each for each in cloudwatch.data}
    assert found["Invocations"]["Dimensions"] == [
        {"Name": "EndpointName", "Value": "flights"},
        {"Name": "VariantName", "Value": "champion"},
    ]
    sums = {name: round(each["StatisticValues"]["Sum"]) for name, each in found.items()}
    assert sums == {
        "Invocations": 2,
        "Invocation4XXErrors": 1,
        "Invocation5XXErrors": 0,
        "ModelLatency": 6000,
        "OverheadLatency": 3000,
    }
    assert found["Invocation4XXErrors"]["StatisticValues"]["SampleCount"] == 2


def test_nothing_is_put_twice(cloudwatch: FakeCloudWatch) -> None:
    meter = Meter()
    meter.count(("flights", "champion"), 200, 0.002, 0.003)
    meter.put()
    meter.put()
    assert len(cloudwatch.data) == 5
