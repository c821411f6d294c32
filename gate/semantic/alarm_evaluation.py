"""How alarms are evaluated: periods, statistics and expressions that CloudWatch takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mapping, mappings, number, text
from gate.semantic.alarm_metrics import ALARM

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_SHORT = (10, 20, 30)
_STATISTIC = re.compile(
    r"(Average|Sum|SampleCount|Minimum|Maximum|IQM"
    r"|p(\d{1,2}(\.\d{1,10})?|100)|(tm|wm|tc|ts)\d{1,2}(\.\d{1,10})?"
    r"|(TM|WM|TC|TS)\([\d.%]*:[\d.%]*\)|PR\([\d.]*:[\d.]*\))"
)
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_ID = re.compile(r"(?<![A-Za-z0-9_.])[a-z][A-Za-z0-9_]*")
_BANDS = (
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
_SEARCH = re.compile(r"\bSEARCH\s*\(")
_BAND = "ANOMALY_DETECTION_BAND"


def periods_are_evaluable(assembly: Assembly) -> Iterable[Finding]:
    """A period is one that CloudWatch keeps, and all that are looked at fit into its limit."""
    for alarm in assembly.resources(ALARM):
        for reason in _period_faults(alarm.properties):
            yield alarm.finding("semantic.alarm-period", reason)


def statistics_exist(assembly: Assembly) -> Iterable[Finding]:
    """An alarm reads its metric with exactly one statistic, and one that there is."""
    for alarm in assembly.resources(ALARM):
        for reason in _statistic_faults(alarm.properties):
            yield alarm.finding("semantic.alarm-statistic", reason)


def expressions_stand_on_metrics(assembly: Assembly) -> Iterable[Finding]:
    """An expression names queries that are there, and one query alone is what is compared."""
    for alarm in assembly.resources(ALARM):
        queries = mappings(alarm.properties.get("Metrics"))
        if queries:
            for reason in _expression_faults(queries):
                yield alarm.finding("semantic.alarm-expression", reason)


def thresholds_are_there(assembly: Assembly) -> Iterable[Finding]:
    """An alarm compares with a number or with an anomaly's band, as its operator says."""
    for alarm in assembly.resources(ALARM):
        for reason in _threshold_faults(alarm):
            yield alarm.finding("semantic.alarm-threshold", reason)


def _periods(properties: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    own = number(properties.get("Period"))
    if own is not None:
        yield own, text(properties.get("Namespace"))
    for query in mappings(properties.get("Metrics")):
        stat = mapping(query.get("MetricStat"))
        period = number(stat.get("Period", query.get("Period")))
        if period is not None:
            yield period, text(mapping(stat.get("Metric")).get("Namespace"))


def _period_faults(properties: Mapping[str, Any]) -> Iterator[str]:
    count = number(properties.get("EvaluationPeriods")) or 0
    enough = number(properties.get("DatapointsToAlarm"))
    if enough is not None and enough > count:
        yield f"{enough:g} datapoints of {count:g} periods alarm, expected at most {count:g}"
    for period, namespace in _periods(properties):
        if period not in _SHORT and (period < _MINUTE or period % _MINUTE):
            yield f"a period of {period:g} s, expected 10, 20, 30 or a multiple of 60"
        elif period in _SHORT and namespace.startswith("AWS/"):
            yield f"{namespace} is not kept for {period:g} s, expected a multiple of 60"
        longest = _DAY if period < _HOUR else 7 * _DAY
        if period * count > longest:
            shown = f"{count:g} periods of {period:g} s"
            yield f"{shown}, expected at most {longest // _DAY} day(s) in all"


def _statistic_faults(properties: Mapping[str, Any]) -> Iterator[str]:
    if "MetricName" in properties:
        present = [name for name in ("Statistic", "ExtendedStatistic") if name in properties]
        if len(present) != 1:
            found = " and ".join(present) or "neither"
            yield f"found {found}, expected either Statistic or ExtendedStatistic"
        for name in present:
            yield from _unknown_statistic(properties[name])
    for query in mappings(properties.get("Metrics")):
        if "MetricStat" in query:
            yield from _unknown_statistic(mapping(query["MetricStat"]).get("Stat"))


def _unknown_statistic(statistic: object) -> Iterator[str]:
    if is_known(statistic) and not _STATISTIC.fullmatch(str(statistic)):
        yield f"the statistic is {statistic!r}, expected Average, Sum, Minimum, Maximum, p99 …"


def _expression_faults(queries: list[Mapping[str, Any]]) -> Iterator[str]:
    ids = [text(query.get("Id")) for query in queries]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"{ids.count(name)} queries have the id {name!r}, expected ids of their own"
    for query in queries:
        expression = _TEXT.sub("", text(query.get("Expression")))
        if expression and not expression.lstrip().startswith("SELECT"):
            for name in sorted(set(_ID.findall(expression)) - set(ids)):
                yield f"the expression {query['Expression']!r} names {name!r}, which is no query"
        if _SEARCH.search(expression):
            yield "the expression searches for metrics, which no alarm can: name the metrics"
    compared = [query for query in queries if query.get("ReturnData", True) not in (False, "false")]
    bands = [query for query in compared if _BAND in text(query.get("Expression"))]
    if len(compared) - len(bands) != 1:
        yield (
            f"{len(compared) - len(bands)} queries return data to compare, expected one:"
            " set ReturnData: false on the others"
        )


def _threshold_faults(alarm: Resource) -> Iterator[str]:
    properties = alarm.properties
    operator = text(properties.get("ComparisonOperator"))
    band = properties.get("ThresholdMetricId")
    queries = {text(item.get("Id")): item for item in mappings(properties.get("Metrics"))}
    if operator in _BANDS:
        if band is None:
            yield f"{operator} compares with a band, and ThresholdMetricId is missing"
        elif band not in queries:
            yield f"ThresholdMetricId is {band!r}, expected the id of one of its queries"
        elif _BAND not in text(queries[str(band)].get("Expression")):
            yield f"ThresholdMetricId {band!r} is no {_BAND}"
    elif "Threshold" not in properties:
        yield f"{operator} compares with a number, and Threshold is missing"


RULES = (
    periods_are_evaluable,
    statistics_exist,
    expressions_stand_on_metrics,
    thresholds_are_there,
)
