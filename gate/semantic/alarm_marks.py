"""Alarms on marks: metrics of our monitors that are 1 for what is bad, and 0 while all is well."""

from __future__ import annotations

from collections.abc import Iterable

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import text
from gate.semantic.alarm_meaning import compared
from gate.semantic.alarm_metrics import Metric
from tidewatch.core.published_metrics import NAMESPACE, STANDING

_COUNT = "SampleCount"


def marks_are_read_for_what_they_say(assembly: Assembly) -> Iterable[Finding]:
    """A mark's value is watched from above; that it comes at all, by counting its samples."""
    for alarm, metric in compared(assembly):
        operator = text(alarm.properties, "ComparisonOperator")
        if not is_mark(metric):
            continue
        if operator.startswith("Less") and metric.statistic != _COUNT:
            reason = (
                f"the {metric.statistic} of {metric.name} is 0 while all is well, and alarms on"
                f" {operator}: count its samples with {_COUNT} to hear that it is published"
            )
            yield alarm.finding("semantic.alarm-direction", reason)
        if operator.startswith("Greater") and metric.statistic == _COUNT:
            reason = (
                f"{metric.name} is counted, whether it is 0 or 1, and alarms on {operator}:"
                " expected Maximum"
            )
            yield alarm.finding("semantic.alarm-direction", reason)


def is_mark(metric: Metric) -> bool:
    """Whether a metric of ours says by 1 that something is bad."""
    return metric.namespace == NAMESPACE and metric.name.endswith(f"_{STANDING}")


RULES = (marks_are_read_for_what_they_say,)
