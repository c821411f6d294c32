"""Scaling of variants: a target that is there, bounds in order, a metric of that target."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mapping, mappings, number, text

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_ENDPOINT = "AWS::SageMaker::Endpoint"
_CONFIG = "AWS::SageMaker::EndpointConfig"
_VARIANT = re.compile(r"endpoint/([^/]+)/variant/(.+)")
_SAGEMAKER = "sagemaker:variant:"


def bounds_are_in_order(assembly: Assembly) -> Iterable[Finding]:
    """A target scales from a minimum to a maximum that is no less."""
    for target in assembly.resources(TARGET):
        least = number(target.properties.get("MinCapacity"))
        most = number(target.properties.get("MaxCapacity"))
        if least is not None and most is not None and least > most:
            reason = f"MinCapacity {least:g} is more than MaxCapacity {most:g}"
            yield target.finding("semantic.scaling-bounds", reason)


def scaled_variants_exist(assembly: Assembly) -> Iterable[Finding]:
    """A scaled variant is one of the endpoint's, where both are of this assembly."""
    for target in assembly.resources(TARGET):
        dimension = text(target.properties.get("ScalableDimension"))
        name = text(target.properties.get("ResourceId"))
        if not dimension.startswith(_SAGEMAKER) or not is_known(name):
            continue
        found = _VARIANT.fullmatch(name)
        if found is None:
            reason = f"ResourceId is {name!r}, expected endpoint/<endpoint>/variant/<variant>"
            yield target.finding("semantic.scaling-target", reason)
            continue
        variants = _variants(assembly, found[1])
        if variants is not None and found[2] not in variants:
            known = ", ".join(sorted(variants))
            reason = f"the endpoint has no variant {found[2]!r}, expected one of {known}"
            yield target.finding("semantic.scaling-target", reason)


def policies_read_metrics_of_their_target(assembly: Assembly) -> Iterable[Finding]:
    """A policy for variants tracks a metric of SageMaker, and none of another service."""
    for policy in assembly.resources(_POLICY):
        dimension = text(policy.properties.get("ScalableDimension"))
        tracking = mapping(policy.properties.get("TargetTrackingScalingPolicyConfiguration"))
        known = mapping(tracking.get("PredefinedMetricSpecification"))
        metric = text(known.get("PredefinedMetricType"))
        if not dimension or not metric:
            continue
        if dimension.startswith(_SAGEMAKER) != metric.startswith("SageMaker"):
            reason = f"{dimension} is scaled by {metric}, expected a metric of the same service"
            yield policy.finding("semantic.scaling-metric", reason)


def _variants(assembly: Assembly, endpoint: str) -> set[str] | None:
    """The names of the endpoint's variants; None where they are not known here."""
    config = _config(assembly, endpoint)
    if config is None:
        return None
    variants = mappings(config.properties.get("ProductionVariants"))
    return {text(item.get("VariantName")) for item in variants}


def _config(assembly: Assembly, endpoint: str) -> Resource | None:
    for resource in assembly.resources(_ENDPOINT):
        if resource.properties.get("EndpointName") == endpoint or assembly.at(endpoint) is resource:
            config = assembly.at(resource.properties.get("EndpointConfigName"))
            return config if config is not None and config.type == _CONFIG else None
    return None


RULES = (bounds_are_in_order, scaled_variants_exist, policies_read_metrics_of_their_target)
