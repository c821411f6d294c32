"""Who publishes CloudWatch metrics: AWS, our monitors, filters of logs, an assembly's own code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property

from gate.assembly import Assembly
from gate.reading import is_known, mapping, mappings, text
from gate.semantic.alarm_metrics import Metric
from gate.semantic.asset_sources import AssetSources
from gate.semantic.aws_metrics import NAMESPACES, OTHERS, PER_VARIANT
from gate.semantic.dimension_values import form_fault
from gate.semantic.model_metrics import metrics_of_models
from gate.semantic.policy_conditions import condition_values
from tidewatch.core.published_metrics import (
    NAMESPACE,
    dimensions_of,
    is_published_aggregate,
)

_CONDITION = "cloudwatch:namespace"
_MODEL_MONITOR = re.compile(r"/?aws/sagemaker/(Endpoints?|ModelMonitoring)/data-metrics?")
_MONITOR_TYPES = "AWS::SageMaker::MonitoringSchedule"
_ALMOST = 0.9
_LONG = 10


class Publishers:
    """What an assembly publishes in CloudWatch, as far as it shows."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._sources = AssetSources(assembly)

    def fault_of(self, metric: Metric) -> str | None:
        """Why nobody publishes a CloudWatch metric, if so."""
        namespace, name = metric.namespace, metric.name
        if not is_known(namespace) or not is_known(name) or not namespace:
            return None
        if namespace in NAMESPACES:
            return _aws_fault(metric)
        if namespace == NAMESPACE:
            return self._own_fault(metric)
        if namespace.startswith("AWS/") or namespace in OTHERS:
            return _misspelt(namespace)
        return self._custom_fault(metric)

    def _own_fault(self, metric: Metric) -> str | None:
        if not is_published_aggregate(metric.name, metrics_of_models()):
            return f"no monitor puts {metric.name}, see tidewatch/core/published_metrics.py"
        return _set_fault(metric, dimensions_of(metric.name))

    def _custom_fault(self, metric: Metric) -> str | None:
        namespace, name = metric.namespace, metric.name
        filtered = self._filtered.get(namespace, set())
        if name in filtered:
            return None
        if _MODEL_MONITOR.fullmatch(namespace) and any(self._assembly.resources(_MONITOR_TYPES)):
            return None
        if not self._names(namespace):
            if filtered:
                return f"no metric filter makes {name} in {namespace}, only {_some(filtered)}"
            return (
                f"nothing of this assembly publishes in {namespace!r}: neither a metric filter nor"
                " a role that may, nor code that names it"
            )
        near = get_close_matches(name, sorted(filtered), n=3, cutoff=_ALMOST)
        return f"a metric filter makes {near[0]}, and nothing {name}" if near else None

    def _names(self, namespace: str) -> bool:
        permitted = any(fnmatchcase(namespace, pattern) for pattern in self._permitted)
        return permitted or namespace in self._settings or namespace in self._sources

    @cached_property
    def _filtered(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for resource in self._assembly.resources("AWS::Logs::MetricFilter"):
            for item in mappings(resource.properties.get("MetricTransformations")):
                made = found.setdefault(text(item.get("MetricNamespace")), set())
                made.add(text(item.get("MetricName")))
        return found

    @cached_property
    def _permitted(self) -> frozenset[str]:
        """The namespaces in which some role may put metrics."""
        return condition_values(self._assembly, _CONDITION)

    @cached_property
    def _settings(self) -> frozenset[str]:
        """The values of the functions' environments."""
        return frozenset(
            value
            for resource in self._assembly.resources("AWS::Lambda::Function")
            for value in mapping(
                mapping(resource.properties.get("Environment")).get("Variables")
            ).values()
            if isinstance(value, str)
        )


def _aws_fault(metric: Metric) -> str | None:
    family = NAMESPACES[metric.namespace]
    meant = family.mistaken(metric.name)
    if meant is not None:
        return f"{metric.namespace} has no metric {metric.name!r}; was it {meant}?"
    forms = (form_fault(name, value) for name, value in metric.dimensions.items())
    return _dimension_fault(metric) or next((fault for fault in forms if fault), None)


def _dimension_fault(metric: Metric) -> str | None:
    found = frozenset(metric.dimensions)
    shown = ", ".join(sorted(found)) or "no dimension"
    sets = NAMESPACES[metric.namespace].dimensions
    if metric.namespace == "AWS/SageMaker" and metric.name in PER_VARIANT:
        complete = {"EndpointName", "VariantName"} <= found or "InferenceComponentName" in found
        if not complete:
            return f"{metric.name} is published for EndpointName and VariantName, found {shown}"
    return None if sets is None else _set_fault(metric, sets)


def _set_fault(metric: Metric, sets: Iterable[frozenset[str]]) -> str | None:
    if frozenset(metric.dimensions) in sets:
        return None
    expected = " or ".join(", ".join(sorted(some)) or "none" for some in sets)
    found = ", ".join(sorted(metric.dimensions)) or "none"
    return f"{metric.name} is published for the dimensions {expected}, found {found}"


def _misspelt(namespace: str) -> str | None:
    """What was meant by a namespace that is almost a known one."""
    if namespace in OTHERS:
        return None
    same = [known for known in NAMESPACES if known.lower() == namespace.lower()]
    if not same and len(namespace) >= _LONG:
        same = get_close_matches(namespace, sorted(NAMESPACES), n=1, cutoff=_ALMOST)
    return f"there is no namespace {namespace!r}; was it {same[0]}?" if same else None


def _some(names: set[str]) -> str:
    return ", ".join(sorted(names)[:5])
