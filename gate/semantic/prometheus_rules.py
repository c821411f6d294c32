"""Rules in Amazon Managed Prometheus: sound ones, on series that somebody publishes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mapping, mappings, text
from gate.semantic.checkers import complaint
from gate.semantic.promql import Selector, selectors
from gate.semantic.series_publishers import SeriesPublishers

NAMESPACE = "AWS::APS::RuleGroupsNamespace"
_DETECTOR = "AWS::APS::AnomalyDetector"
_SEVERITY = "severity"
_PATH = re.compile(r"\S*rules\.yml:?\s*")
_AGGREGATED = re.compile(
    r"\s*(avg|count|group|max|min|quantile|stddev|stdvar|sum)\b\s*((by|without)\s*\([^)]*\)\s*)?\("
)


def rules_pass_promtool(assembly: Assembly) -> Iterable[Finding]:
    """Promtool finds no fault in the rules, nor in the query of an anomaly detector."""
    for resource, rules in _written(assembly):
        reason = _promtool(rules)
        if reason is not None:
            yield resource.finding("semantic.promtool", reason)


def rules_read_published_series(assembly: Assembly) -> Iterable[Finding]:
    """Somebody publishes each series that a rule reads, with the labels that it selects by."""
    read = list(_read(assembly))
    selected = [selector for _, _, selector in read]
    publishers = SeriesPublishers(assembly, selected, recorded_series(assembly))
    for resource, rule, selector in read:
        reason = publishers.fault_of(selector)
        if reason is not None:
            yield resource.finding("semantic.series-unpublished", f"{rule}: {reason}")


def alerts_have_a_severity(assembly: Assembly) -> Iterable[Finding]:
    """An alert has the label that alerts are routed by, where any alert of the assembly has it."""
    alerts = [
        (resource, rule)
        for resource in assembly.resources(NAMESPACE)
        for rule in rules_of(resource)
        if "alert" in rule
    ]
    if any(_SEVERITY in mapping(rule.get("labels")) for _, rule in alerts):
        for resource, rule in alerts:
            if _SEVERITY not in mapping(rule.get("labels")):
                reason = f"the alert {rule['alert']!r} has no label {_SEVERITY}: nobody routes it"
                yield resource.finding("semantic.alert-severity", reason)


def detectors_aggregate(assembly: Assembly) -> Iterable[Finding]:
    """The query of an anomaly detector is an aggregation, which the service asks for."""
    for resource, query in _queries(assembly):
        if not _AGGREGATED.match(query):
            reason = (
                f"the query {query!r} is no aggregation, and the service refuses it: wrap it in"
                " avg(…), max(…) or alike"
            )
            yield resource.finding("semantic.detector-query", reason)


def rules_of(resource: Resource) -> list[Mapping[str, Any]]:
    """The rules of a namespace; empty where they cannot be read."""
    try:
        document = yaml.safe_load(text(resource.properties.get("Data")))
    except yaml.YAMLError:
        return []
    groups = mappings(mapping(document).get("groups"))
    return [rule for group in groups for rule in mappings(group.get("rules"))]


def _written(assembly: Assembly) -> Iterator[tuple[Resource, str]]:
    for resource in assembly.resources(NAMESPACE):
        data = resource.properties.get("Data")
        if is_known(data):
            yield resource, str(data)
    for resource, query in _queries(assembly):
        rule = {"record": "detector", "expr": query}
        yield resource, yaml.safe_dump({"groups": [{"name": "detector", "rules": [rule]}]})


def _queries(assembly: Assembly) -> Iterator[tuple[Resource, str]]:
    for resource in assembly.resources(_DETECTOR):
        configuration = mapping(resource.properties.get("Configuration"))
        query = mapping(configuration.get("RandomCutForest")).get("Query")
        if is_known(query):
            yield resource, str(query)


def queries(assembly: Assembly) -> Iterator[tuple[Resource, str, str]]:
    """Every expression, with whatever it is of: a rule or an anomaly detector."""
    for resource in assembly.resources(NAMESPACE):
        for rule in rules_of(resource):
            yield resource, text(rule.get("alert", rule.get("record"))), text(rule.get("expr"))
    for resource, query in _queries(assembly):
        yield resource, "the query", query


def _read(assembly: Assembly) -> Iterator[tuple[Resource, str, Selector]]:
    for resource, name, expression in queries(assembly):
        for selector in selectors(expression):
            yield resource, name, selector


def recorded_series(assembly: Assembly) -> Iterator[str]:
    """The series that rules and anomaly detectors make."""
    for resource in assembly.resources(NAMESPACE):
        yield from (text(rule["record"]) for rule in rules_of(resource) if "record" in rule)
    # Its results are series too.
    for resource in assembly.resources(_DETECTOR):
        yield f"anomaly_detector_{resource.properties.get('Alias')}"


def _promtool(rules: str) -> str | None:
    """What promtool says against the rules; None where it takes them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yml"
        path.write_text(rules, encoding="utf-8")
        found = complaint("promtool", "check", "rules", str(path))
        return None if found is None else _PATH.sub("", found)


RULES = (
    rules_pass_promtool,
    rules_read_published_series,
    alerts_have_a_severity,
    detectors_aggregate,
)
