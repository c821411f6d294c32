"""Alarms on shares: what is 1 at most is not compared with per cent.

These services publish a 0 or a 1 for each request, so that everything but a sum is a share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_false, mapping, mappings, number, text
from gate.semantic.alarm_meaning import compared
from gate.semantic.alarm_metrics import ALARM, Metric, metric_of

_SHARES: Mapping[str, frozenset[str]] = {
    "AWS/ApiGateway": frozenset({"4XXError", "5XXError"}),
    "AWS/AppSync": frozenset({"4XXError", "5XXError"}),
    "AWS/Lambda": frozenset({"Errors"}),
    "AWS/S3": frozenset({"4xxErrors", "5xxErrors"}),
    "AWS/SageMaker": frozenset(
        {"Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"}
    ),
}
_REQUESTS = frozenset({"AllRequests", "Count", "Invocations"})
_COUNTS = ("Sum", "SampleCount")
_QUOTIENT = re.compile(r"\s*\(?\s*(\w+)\s*/\s*(\w+)\s*\)?\s*")


def shares_are_compared_with_shares(assembly: Assembly) -> Iterable[Finding]:
    """An alarm on the share of requests that fail has a threshold that a share can pass."""
    found = [(alarm, metric.name) for alarm, metric in compared(assembly) if _is_share(metric)]
    for alarm, name in (*found, *_quotients(assembly)):
        operator = text(alarm.properties.get("ComparisonOperator"))
        threshold = number(alarm.properties.get("Threshold"))
        above = threshold is not None and (
            threshold > 1 or (threshold == 1 and operator == "GreaterThanThreshold")
        )
        if above:
            reason = (
                f"{name} is a share, at most 1, and is compared with {threshold:g}: it never"
                " rings; 1 % is 0.01"
            )
            yield alarm.finding("semantic.alarm-share", reason)


def _is_share(metric: Metric) -> bool:
    named = metric.name in _SHARES.get(metric.namespace, frozenset())
    return named and bool(metric.statistic) and metric.statistic not in _COUNTS


def _quotients(assembly: Assembly) -> Iterator[tuple[Resource, str]]:
    """Alarms that compare failed requests divided by all of them."""
    for alarm in assembly.resources(ALARM):
        queries = mappings(alarm.properties, "Metrics")
        known = {text(query, "Id"): query for query in queries}
        for query in queries:
            parts = _QUOTIENT.fullmatch(text(query, "Expression"))
            if parts is None or is_false(query.get("ReturnData")):
                continue
            failed, asked = (_counted(known.get(name)) for name in parts.groups())
            if failed in _SHARES.get(_namespace(known.get(parts[1])), ()) and asked in _REQUESTS:
                yield alarm, f"{failed} of {asked}"


def _counted(query: object) -> str:
    """The name of the metric that a query sums; empty where it does something else."""
    stat = mapping(mapping(query).get("MetricStat"))
    return _metric(stat).name if stat.get("Stat") == "Sum" else ""


def _namespace(query: object) -> str:
    return _metric(mapping(mapping(query).get("MetricStat"))).namespace


def _metric(stat: Mapping[str, Any]) -> Metric:
    return metric_of(mapping(stat.get("Metric")))


RULES = (shares_are_compared_with_shares,)
