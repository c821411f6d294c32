"""Alarms look at metrics that somebody publishes, of resources that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mapping, mappings, text
from gate.semantic.alarm_metrics import ALARM, Metric, metric_of, metrics_of
from gate.semantic.publishers import Publishers
from gate.semantic.sagemaker_requests import sagemaker_requests

_ALMOST = 0.8

# Others that look at metrics, and the property that says which.
_WATCHERS = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        "TargetTrackingScalingPolicyConfiguration",
        "CustomizedMetricSpecification",
    ),
    "AWS::CloudWatch::AnomalyDetector": ("SingleMetricAnomalyDetector",),
}

# What a dimension's value is the name (or the ARN) of.
_NAMED = {
    ("AWS/ApplicationELB", "LoadBalancer"): "AWS::ElasticLoadBalancingV2::LoadBalancer",
    ("AWS/ApplicationELB", "TargetGroup"): "AWS::ElasticLoadBalancingV2::TargetGroup",
    ("AWS/Athena", "WorkGroup"): "AWS::Athena::WorkGroup",
    ("AWS/DynamoDB", "TableName"): "AWS::DynamoDB::Table",
    ("AWS/ES", "DomainName"): "AWS::OpenSearchService::Domain",
    ("AWS/Events", "RuleName"): "AWS::Events::Rule",
    ("AWS/KMS", "KeyId"): "AWS::KMS::Key",
    ("AWS/Lambda", "FunctionName"): "AWS::Lambda::Function",
    ("AWS/Logs", "LogGroupName"): "AWS::Logs::LogGroup",
    ("AWS/S3", "BucketName"): "AWS::S3::Bucket",
    ("AWS/SNS", "TopicName"): "AWS::SNS::Topic",
    ("AWS/SQS", "QueueName"): "AWS::SQS::Queue",
    ("AWS/SageMaker", "EndpointName"): "AWS::SageMaker::Endpoint",
    ("/aws/sagemaker/Endpoints", "EndpointName"): "AWS::SageMaker::Endpoint",
    ("AWS/Scheduler", "ScheduleGroup"): "AWS::Scheduler::ScheduleGroup",
    ("AWS/States", "StateMachineArn"): "AWS::StepFunctions::StateMachine",
}
_ENDPOINT = "AWS::SageMaker::Endpoint"
_CONFIG = "AWS::SageMaker::EndpointConfig"


def watched_metrics_are_published(assembly: Assembly) -> Iterable[Finding]:
    """Somebody publishes each metric that an alarm, a detector or a scaling policy looks at."""
    publishers = Publishers(assembly)
    for watcher in assembly.resources(ALARM, *_WATCHERS):
        for metric in _watched(watcher):
            reason = publishers.fault_of(metric)
            if reason is not None:
                yield watcher.finding("semantic.metric-unpublished", reason)


def watched_resources_exist(assembly: Assembly) -> Iterable[Finding]:
    """A dimension names a resource of its kind, where it is one of this assembly's."""
    for alarm in assembly.resources(ALARM):
        for metric in metrics_of(alarm):
            for reason in (*_resource_faults(assembly, metric), *_variant_faults(assembly, metric)):
                yield alarm.finding("semantic.metric-resource", reason)


def _watched(watcher: Resource) -> list[Metric]:
    field = _WATCHERS.get(watcher.type)
    if field is None:
        return metrics_of(watcher)
    inner: Any = watcher.properties
    for step in field:
        inner = mapping(inner).get(step)
    return [metric_of(mapping(inner))] if mapping(inner).get("MetricName") else []


def _resource_faults(assembly: Assembly, metric: Metric) -> Iterator[str]:
    for dimension, value in metric.dimensions.items():
        kind = _NAMED.get((metric.namespace, dimension))
        if kind is None or not value or not is_known(value) or assembly.at(value, kind):
            continue
        other = assembly.at(value)
        if other is not None:
            yield f"the dimension {dimension} is {value!r}: {other.name} is no {kind}"
            continue
        near = get_close_matches(value, _names(assembly, kind, dimension), n=1, cutoff=_ALMOST)
        if near and near != [value]:
            yield f"the dimension {dimension} is {value!r}, which is no {kind}; was it {near[0]!r}?"


def _names(assembly: Assembly, kind: str, dimension: str) -> list[str]:
    """Names of resources of a kind, as far as the assembly declares them."""
    declared = [text(one.properties.get(dimension)) for one in assembly.resources(kind)]
    if kind == _ENDPOINT:
        requests = sagemaker_requests(assembly, "CreateEndpoint", "UpdateEndpoint")
        declared += [text(request.body.get("EndpointName")) for request in requests]
    return [name for name in declared if name]


def _variant_faults(assembly: Assembly, metric: Metric) -> Iterator[str]:
    variant = metric.dimensions.get("VariantName")
    endpoint = assembly.at(metric.dimensions.get("EndpointName"), _ENDPOINT)
    if not variant or not is_known(variant) or endpoint is None:
        return
    config = assembly.at(endpoint.properties.get("EndpointConfigName"), _CONFIG)
    if config is None:
        return
    variants = [
        text(item.get("VariantName"))
        for field in ("ProductionVariants", "ShadowProductionVariants")
        for item in mappings(config.properties.get(field))
    ]
    if variant not in (*variants, "AllTraffic"):
        yield f"the endpoint has no variant {variant!r}, expected one of {', '.join(variants)}"


RULES = (watched_metrics_are_published, watched_resources_exist)
