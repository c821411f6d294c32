"""Metric filters of log groups, as CloudWatch Logs takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import items, mappings, number, text

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, 2026-11.
_MOST = 3


def filters_are_taken(assembly: Assembly) -> Iterator[Finding]:
    """Dimensions are few, come from fields, and leave no value for what does not match."""
    for resource in assembly.resources("AWS::Logs::MetricFilter"):
        pattern = text(resource.properties, "FilterPattern").strip()
        for transformation in mappings(resource.properties, "MetricTransformations"):
            for reason in _faults(transformation, pattern):
                yield resource.finding("semantic.metric-filter", reason)


def _faults(transformation: Mapping[str, Any], pattern: str) -> Iterator[str]:
    dimensions = items(transformation.get("Dimensions"))
    if dimensions and "DefaultValue" in transformation:
        yield (
            "it has both Dimensions and DefaultValue, which CloudWatch Logs refuses: what does not "
            "match has no dimensions; leave one out"
        )
    if len(dimensions) > _MOST:
        yield f"it has {len(dimensions)} dimensions, expected {_MOST} at most"
    by_field = pattern.startswith(("{", "["))
    if dimensions and pattern and not by_field:
        yield "its dimensions take a pattern of fields, in braces or brackets; write one"
    value = transformation.get("MetricValue")
    if isinstance(value, str) and not value.startswith("$") and number(value) is None:
        yield f"MetricValue is {value!r}, expected a number or a field such as $.size"


RULES = (filters_are_taken,)
