"""An endpoint is watched for errors, and each of its variants like the others."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.semantic.alarm_marks import is_mark
from gate.semantic.alarm_meaning import is_bad_when_high
from gate.semantic.alarm_metrics import ALARM, Metric, metrics_of

# The namespace of metrics, and their dimensions but for the variant's.
_Owner = tuple[str, frozenset[tuple[str, str]]]
_VARIANTS = ("VariantName", "Variant")
_NAMESPACE = "AWS/SageMaker"
_ERRORS = frozenset(
    {"Invocation5XXErrors", "InvocationModelErrors", "InvocationFailures", "MidStreamErrors"}
)


def endpoints_are_watched_for_errors(assembly: Assembly) -> Iterator[Finding]:
    """Who watches how fast an endpoint answers hears also that it answers with errors."""
    first: dict[str, Resource] = {}
    safe: set[str] = set()
    for alarm, metric in _watched(assembly):
        endpoint = metric.dimensions.get("EndpointName", "")
        if endpoint and metric.namespace == _NAMESPACE:
            first.setdefault(endpoint, alarm)
            if metric.name in _ERRORS:
                safe.add(endpoint)
    for endpoint, alarm in first.items():
        if endpoint not in safe:
            yield alarm.finding(
                "posture.endpoint-unwatched",
                f"the endpoint {endpoint!r} is watched, though not for errors: an alarm on "
                "Invocation5XXErrors is missing",
            )


def variants_are_watched_alike(assembly: Assembly) -> Iterator[Finding]:
    """What is bad of one variant is bad of every other one that alarms look at."""
    known: dict[_Owner, set[str]] = {}
    seen: dict[tuple[str, _Owner], dict[str, Resource]] = {}
    for alarm, metric in _watched(assembly):
        variant = next(
            (metric.dimensions[key] for key in _VARIANTS if key in metric.dimensions), ""
        )
        if not variant:
            continue
        others = frozenset(item for item in metric.dimensions.items() if item[0] not in _VARIANTS)
        owner = (metric.namespace, others)
        known.setdefault(owner, set()).add(variant)
        if is_mark(metric) or is_bad_when_high(metric.name):
            seen.setdefault((metric.name, owner), {}).setdefault(variant, alarm)
    for (name, owner), alarms in seen.items():
        watched, alarm = next(iter(alarms.items()))
        for variant in sorted(known[owner] - set(alarms)):
            yield alarm.finding(
                "posture.variant-unwatched",
                f"{name} of {watched!r} is watched and of {variant!r} is not: an alarm on it is "
                "missing",
            )


def _watched(assembly: Assembly) -> Iterator[tuple[Resource, Metric]]:
    for alarm in assembly.resources(ALARM):
        for metric in metrics_of(alarm):
            yield alarm, metric


RULES: tuple[Rule, ...] = (endpoints_are_watched_for_errors, variants_are_watched_alike)
