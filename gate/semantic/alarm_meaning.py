"""What alarms mean: right units, the bad direction, and silence that is heard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import mappings, number, text
from gate.semantic.alarm_metrics import ALARM, Metric, metrics_of
from gate.semantic.aws_metrics import NAMESPACES

_MICROSECONDS = frozenset(
    {
        "ContainerLatency",
        "FirstChunkLatency",
        "FirstChunkModelLatency",
        "FirstChunkOverheadLatency",
        "ModelDownloadingTime",
        "ModelLatency",
        "ModelLoadingTime",
        "ModelLoadingWaitTime",
        "ModelSetupTime",
        "ModelUnloadingTime",
        "OverheadLatency",
    }
)
_LONGEST_ANSWER = 60_000_000
_LEAST_MICROSECONDS = 1_000
_COUNTS = ("Sum", "SampleCount")

# More of these is worse.
_BAD = re.compile(
    r"(Error|Fault|Fail|Throttl|TimedOut|Aborted|Dropped|Rejected|DeadLetter|Dlq|Backlog|Blocked"
    r"|Latency|Age|Unhealthy|Lag|Missed|Discarded|MemoryPressure|[45][xX]{2})"
)
# Less of these is worse.
_GOOD = frozenset({"HealthyHostCount", "FreeStorageSpace", "ClusterStatus.green"})
_WHOLE = 100
_OF_PERCENT = frozenset({"DiskUtilization", "MemoryUtilization"})
# Of these, that nothing comes is what they are to tell.
_SIGN_OF_LIFE = re.compile(
    r"heart_?beat|last_?success|freshness|stale|alive|_age(_|$)|delay|capture_?(ratio|share)",
    re.IGNORECASE,
)


def latencies_are_in_microseconds(assembly: Assembly) -> Iterable[Finding]:
    """SageMaker's latencies are compared with microseconds, and with a time that can be reached."""
    for alarm, metric in compared(assembly):
        threshold = number(alarm.properties.get("Threshold"))
        of_time = metric.namespace == "AWS/SageMaker" and metric.name in _MICROSECONDS
        if not of_time or threshold is None:
            continue
        if metric.statistic in _COUNTS:
            reason = f"{metric.name} is read as {metric.statistic}, expected p99, Average or alike"
            yield alarm.finding("semantic.latency", reason)
        elif not _LEAST_MICROSECONDS <= threshold < _LONGEST_ANSWER:
            reason = (
                f"{metric.name} is in microseconds and is compared with {threshold:g},"
                f" expected {_LEAST_MICROSECONDS} to {_LONGEST_ANSWER} (500 ms are 500000)"
            )
            yield alarm.finding("semantic.latency", reason)


def alarms_look_in_the_bad_direction(assembly: Assembly) -> Iterable[Finding]:
    """Errors, latencies and ages alarm when there are more, healthy hosts when there are fewer."""
    for alarm, metric in compared(assembly):
        operator = text(alarm.properties.get("ComparisonOperator"))
        if not metric.namespace.startswith("AWS/"):
            continue
        if operator in _LESS and is_bad_when_high(metric.name):
            reason = f"{metric.name} alarms on {operator}: less of it is better"
            yield alarm.finding("semantic.alarm-direction", reason)
        if operator in _MORE and metric.name in _GOOD:
            reason = f"{metric.name} alarms on {operator}: more of it is better"
            yield alarm.finding("semantic.alarm-direction", reason)


def thresholds_can_be_passed_and_kept(assembly: Assembly) -> Iterable[Finding]:
    """No alarm is always on, and none can never be."""
    for alarm, metric in compared(assembly):
        for reason in _vain_faults(alarm, metric):
            yield alarm.finding("semantic.alarm-vain", reason)


def silence_alarms(assembly: Assembly) -> Iterable[Finding]:
    """An alarm on too little, or on a sign of life, takes missing data as breaching."""
    for alarm, metric in compared(assembly):
        found = text(alarm.properties.get("TreatMissingData")) or "missing"
        if found != "breaching" and _tells_death(alarm, metric):
            reason = (
                f"{metric.name} alarms when it ends, and TreatMissingData is {found!r}: a dead"
                " publisher would stay unseen; expected 'breaching'"
            )
            yield alarm.finding("semantic.dead-man", reason)


def compared(assembly: Assembly) -> Iterator[tuple[Resource, Metric]]:
    """Alarms that compare a metric as it is, without an expression between; and the metric."""
    for alarm in assembly.resources(ALARM):
        metrics = metrics_of(alarm)
        expressions = [
            text(query.get("Expression"))
            for query in mappings(alarm.properties.get("Metrics"))
            if "Expression" in query
        ]
        if len(metrics) == 1 and all("ANOMALY_DETECTION_BAND" in one for one in expressions):
            yield alarm, metrics[0]


def is_bad_when_high(name: str) -> bool:
    """Whether more of a metric of this name is worse.

    >>> is_bad_when_high("Invocation5XXErrors"), is_bad_when_high("Invocations")
    (True, False)
    """
    return _BAD.search(name) is not None and name not in _GOOD


def _vain_faults(alarm: Resource, metric: Metric) -> Iterator[str]:
    operator = text(alarm.properties.get("ComparisonOperator"))
    threshold = number(alarm.properties.get("Threshold"))
    if threshold is None or metric.namespace not in NAMESPACES:
        return
    compared = f"alarms on {operator} {threshold:g}"
    always = operator == "GreaterThanOrEqualToThreshold" and threshold <= 0
    if always or (operator == "GreaterThanThreshold" and threshold < 0):
        yield f"{metric.name} is never below 0 and {compared}: it always does"
    if operator == "LessThanThreshold" and threshold <= 0:
        yield f"{metric.name} is never below 0 and {compared}: it never does"
    if operator in _MORE and metric.name in _OF_PERCENT and threshold >= _WHOLE:
        yield f"{metric.name} is at most 100 % and {compared}"


def _tells_death(alarm: Resource, metric: Metric) -> bool:
    counted = metric.statistic in _COUNTS
    return (text(alarm.properties.get("ComparisonOperator")) in _LESS_THAN_NUMBER and counted) or (
        not metric.namespace.startswith("AWS/") and bool(_SIGN_OF_LIFE.search(metric.name))
    )


_LESS_THAN_NUMBER = ("LessThanThreshold", "LessThanOrEqualToThreshold")
_LESS = (*_LESS_THAN_NUMBER, "LessThanLowerThreshold")
_MORE = (
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "GreaterThanUpperThreshold",
)

RULES = (
    latencies_are_in_microseconds,
    alarms_look_in_the_bad_direction,
    thresholds_can_be_passed_and_kept,
    silence_alarms,
)
