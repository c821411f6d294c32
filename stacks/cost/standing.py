"""What is paid for being there: counted in the templates, whoever put it there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stacks.cost.line import Line
from stacks.cost.prices import HOURS, Prices

Properties = Mapping[str, Any]
_FEWEST_SEARCH_UNITS = 2
_ANOMALY = "ANOMALY_DETECTION_BAND"
_COUNTED_AS = 3


def standing(stack: str, template: Mapping[str, Any], prices: Prices) -> list[Line]:
    """The lines of one stack."""
    found: Counter[str] = Counter()
    usd: dict[str, float | None] = {}
    for resource in template.get("Resources", {}).values():
        priced = _PRICED.get(resource["Type"])
        if priced is None:
            continue
        for driver, amount in priced(resource.get("Properties", {}), prices):
            found[driver] += 1
            before = usd.get(driver, 0.0)
            usd[driver] = None if before is None or amount is None else before + amount
    return [Line(stack, driver, str(count), usd[driver]) for driver, count in found.items()]


Priced = Iterable[tuple[str, float | None]]


def _key(_properties: Properties, prices: Prices) -> Priced:
    yield "KMS key", prices.key


def _secret(_properties: Properties, prices: Prices) -> Priced:
    yield "secret", prices.secret


def _endpoint(properties: Properties, prices: Prices) -> Priced:
    if properties.get("VpcEndpointType") == "Interface":
        zones = len(properties.get("SubnetIds", ()))
        yield f"interface endpoint in {zones} zones", zones * HOURS * prices.endpoint_hour


def _alarm(properties: Properties, prices: Prices) -> Priced:
    queries = properties.get("Metrics", [])
    metrics = sum("MetricStat" in query for query in queries) or 1
    learns = any(_ANOMALY in str(query.get("Expression", "")) for query in queries)
    yield (
        ("anomaly alarm", _COUNTED_AS * metrics * prices.alarm)
        if learns
        else ("alarm", metrics * prices.alarm)
    )


def _composite(_properties: Properties, prices: Prices) -> Priced:
    yield "composite alarm", prices.composite_alarm


def _dashboard(_properties: Properties, prices: Prices) -> Priced:
    yield "CloudWatch dashboard", prices.dashboard


def _grafana(_properties: Properties, prices: Prices) -> Priced:
    yield "Grafana, one editor", prices.grafana_editor


def _tracking_server(properties: Properties, prices: Prices) -> Priced:
    size = properties.get("TrackingServerSize", "Small")
    hour = prices.tracking_hour.get(size)
    yield f"MLflow tracking server, {size}", hour and hour * HOURS


def _collection(_properties: Properties, prices: Prices) -> Priced:
    usd = _FEWEST_SEARCH_UNITS * HOURS * prices.search_unit_hour
    yield f"OpenSearch Serverless, {_FEWEST_SEARCH_UNITS} units at least", usd


def _domain(properties: Properties, prices: Prices) -> Priced:
    cluster = properties.get("ClusterConfig", {})
    kind, count = cluster.get("InstanceType", ""), int(cluster.get("InstanceCount", 1))
    hour = prices.search_instances.get(kind)
    yield f"OpenSearch, {count} {kind}", hour and hour * HOURS * count
    volume = int(properties.get("EBSOptions", {}).get("VolumeSize", 0))
    if volume:
        yield f"OpenSearch volumes, {count} x {volume} GB", count * volume * prices.search_gb


_PRICED: dict[str, Callable[[Properties, Prices], Priced]] = {
    "AWS::KMS::Key": _key,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::CompositeAlarm": _composite,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::Grafana::Workspace": _grafana,
    "AWS::SageMaker::MlflowTrackingServer": _tracking_server,
    "AWS::OpenSearchServerless::Collection": _collection,
    "AWS::OpenSearchService::Domain": _domain,
}
