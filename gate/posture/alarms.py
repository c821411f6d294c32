"""Alarms: somebody hears them, and their numbers can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.tasks import requests
from gate.reading import is_false, is_given, mappings, number, texts, within

_ALARM = "AWS::CloudWatch::Alarm"
_COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
# More of these is worse, whatever service publishes them.
_BAD = re.compile(
    r"Errors?$|5XX|4XX|Fail|Throttle|TimedOut|Aborted|DeadLetter|Dropped|Rejected|Latency|Duration|"
    r"AgeOf|IteratorAge|Invalid|Overhead|ApproximateNumberOfMessages|Quarantin"
)
_LATENCY = re.compile(r"Latency|Duration$")
_MICROSECONDS = ("ModelLatency", "OverheadLatency")
# Ten milliseconds: no alarm on what users wait for is below.
_LEAST_MICROSECONDS = 10_000
_DAY, _WEEK, _HOUR = 86_400, 604_800, 3_600
_HUNDRED = 100


def missing_data(assembly: Assembly) -> Iterator[Finding]:
    """An alarm says what silence means."""
    for alarm in assembly.resources(_ALARM):
        if alarm.properties.get("TreatMissingData") not in _TREATMENTS:
            yield alarm.finding(
                "posture.alarm-silence",
                "TreatMissingData is not set: say what silence means, breaching where it is "
                "a fault, notBreaching where it is not",
            )


def heard(assembly: Assembly) -> Iterator[Finding]:
    """An alarm has an action, or something that has one looks at it."""
    used = _looked_at(assembly)
    for alarm in assembly.resources(_ALARM, _COMPOSITE):
        told = is_given(alarm.properties.get("AlarmActions"))
        name = alarm.properties.get("AlarmName")
        seen = assembly.at(name) is alarm and name in used
        if (not told or is_false(alarm.properties.get("ActionsEnabled"))) and not (
            seen or alarm.name in used
        ):
            yield alarm.finding("posture.alarm-unheard", "nobody is told: set AlarmActions")


def reachable(assembly: Assembly) -> Iterator[Finding]:
    """Its periods and its threshold are ones that can be."""
    for alarm in assembly.resources(_ALARM):
        for fault in (*_period_faults(alarm), *_threshold_faults(alarm)):
            yield alarm.finding("posture.alarm-numbers", fault)


def right_way_round(assembly: Assembly) -> Iterator[Finding]:
    """What is bad when it is much is watched from above."""
    for alarm in assembly.resources(_ALARM):
        metric = str(alarm.properties.get("MetricName", ""))
        way = str(alarm.properties.get("ComparisonOperator", ""))
        statistic = alarm.properties.get("Statistic")
        if _BAD.search(metric) and way.startswith("Less"):
            yield alarm.finding(
                "posture.alarm-reversed", f"{metric} is bad when high, but {way} is watched"
            )
        if _LATENCY.search(metric) and statistic in ("Sum", "SampleCount", "Minimum"):
            yield alarm.finding(
                "posture.alarm-statistic",
                f"the {statistic} of {metric} says nothing of how long users wait: "
                "watch a percentile or the Average",
            )


def _period_faults(alarm: Resource) -> Iterator[str]:
    periods = number(alarm.properties.get("EvaluationPeriods"))
    points = number(alarm.properties.get("DatapointsToAlarm"))
    period = number(alarm.properties.get("Period"))
    if periods is not None and points is not None and points > periods:
        yield f"DatapointsToAlarm is {points:g} of {periods:g} EvaluationPeriods: never reached"
    if periods is None and not isinstance(alarm.properties.get("EvaluationPeriods"), str):
        yield "EvaluationPeriods is missing: say over how many periods"
    if period is None:
        return
    if period not in (10, 20, 30) and (period < 60 or period % 60):  # noqa: PLR2004 - its grammar
        yield f"Period is {period:g} s: expected 10, 20, 30 or a multiple of 60"
    span = period * (periods or 1)
    longest = _WEEK if period >= _HOUR else _DAY
    if span > longest:
        yield f"Period times EvaluationPeriods is {span:g} s: at most {longest} s"


def _threshold_faults(alarm: Resource) -> Iterator[str]:
    threshold = number(alarm.properties.get("Threshold"))
    metric = str(alarm.properties.get("MetricName", ""))
    if threshold is None:
        return
    if metric in _MICROSECONDS and 0 < threshold < _LEAST_MICROSECONDS:
        yield f"Threshold is {threshold:g}: {metric} is in microseconds"
    if metric.endswith(("Percent", "Utilization")) and not 0 <= threshold <= _HUNDRED:
        yield f"Threshold is {threshold:g}: {metric} is a percentage"
    if _BAD.search(metric) and threshold < 0:
        yield f"Threshold is {threshold:g}: {metric} is never below 0"
    average = alarm.properties.get("Statistic") == "Average"
    if metric.endswith("XXErrors") and average and threshold > 1:
        yield f"Threshold is {threshold:g}: the average of {metric} is a share, at most 1"


def _looked_at(assembly: Assembly) -> set[str]:
    """Names of alarms that a composite alarm, a roll-back or another rule refers to."""
    found: set[str] = set()
    for composite in assembly.resources(_COMPOSITE):
        rule = str(composite.properties.get("AlarmRule", ""))
        for quoted in re.findall(r"(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*\"?([^\")]+)\"?\s*\)", rule):
            found |= _names(assembly, quoted)
    for request in requests(assembly):
        alarms = within(request.body, "DeploymentConfig.AutoRollbackConfiguration.Alarms")
        for alarm in mappings(alarms):
            for name in texts(alarm.get("AlarmName")):
                found |= _names(assembly, name)
    return found


def _names(assembly: Assembly, text: str) -> set[str]:
    resource = assembly.at(text)
    return {text, resource.name} if resource else {text}


RULES: tuple[Rule, ...] = (missing_data, heard, reachable, right_way_round)
