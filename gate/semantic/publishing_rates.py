"""What is published now and then is looked at over a time in which it comes.

How often our monitors publish follows from the assembly: at most as often as its most frequent
schedule starts anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import number, text
from gate.semantic.alarm_metrics import ALARM, Metric, metrics_of
from gate.semantic.prometheus_rules import queries, recorded_series
from gate.semantic.schedule_interval import shortest_interval
from localcloud.durations import seconds
from tidewatch.core.published_metrics import NAMESPACE, is_our_series

# How far back Prometheus looks for a sample where no range is given.
_INSTANT = 300
_HOUR, _DAY = 3_600, 86_400
_AWS = {
    ("AWS/Billing", "EstimatedCharges"): 6 * _HOUR,
    ("AWS/S3", "BucketSizeBytes"): _DAY,
    ("AWS/S3", "NumberOfObjects"): _DAY,
}
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_READ = re.compile(r"\b([a-zA-Z_:][\w:]*)\s*(?:\{[^}]*\})?\s*(?:\[([^\]:]*)(:[^\]]*)?\])?")
_SUBQUERY = re.compile(r"\[[^\]]*:[^\]]*\]")


def silence_is_not_between_two_runs(assembly: Assembly) -> Iterable[Finding]:
    """An alarm that rings when nothing comes waits until something has to have come."""
    runs = shortest_interval(assembly)
    for alarm in assembly.resources(ALARM):
        if text(alarm.properties, "TreatMissingData") != "breaching":
            continue
        for metric in metrics_of(alarm):
            every = runs if metric.namespace == NAMESPACE else None
            every = _AWS.get((metric.namespace, metric.name), every)
            if every is not None and _rings_between(alarm, metric, every):
                reason = (
                    f"{metric.name} comes every {every} s and is watched in periods of"
                    f" {metric.period} s, where missing data is breaching: it rings between two"
                    f" values; expected a Period of {every}"
                )
                yield alarm.finding("semantic.alarm-rate", reason)


def rules_look_back_to_the_last_run(assembly: Assembly) -> Iterable[Finding]:
    """A rule on what our monitors write looks back as far as their last run."""
    runs = shortest_interval(assembly)
    recorded = set(recorded_series(assembly))
    for resource, rule, expression in queries(assembly):
        for name, span in _spans(expression):
            if runs is not None and is_our_series(name) and name not in recorded and span < runs:
                reason = (
                    f"{rule}: {name} is written every {runs} s and read over {span:g} s: it is"
                    f" gone between two runs; read it over more than {runs} s"
                )
                yield resource.finding("semantic.look-back", reason)


def _rings_between(alarm: Resource, metric: Metric, every: int) -> bool:
    """Whether the periods in which nothing can come are enough to ring."""
    periods = number(alarm.properties.get("EvaluationPeriods"))
    period = number(metric.period)
    if periods is None or period is None:
        return False
    enough = number(alarm.properties.get("DatapointsToAlarm")) or periods
    return period < every and periods - periods * period // every >= enough


def _spans(expression: str) -> Iterator[tuple[str, float]]:
    """Each series of an expression, and how far back it is read.

    An instant inside of a subquery is read many times, and left out.
    """
    plain = _TEXT.sub('""', expression)
    repeated = _SUBQUERY.search(plain) is not None
    for found in _READ.finditer(plain):
        if found[2] is not None:
            try:
                yield found[1], seconds(found[2])
            except ValueError:
                continue  # promtool says what is wrong with it
        elif not repeated:
            yield found[1], _INSTANT


RULES = (silence_is_not_between_two_runs, rules_look_back_to_the_last_run)
