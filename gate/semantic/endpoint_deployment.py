"""Deployments of endpoints: a canary that is one, and alarms that take a bad version back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mapping, mappings, number, text
from gate.semantic.alarm_metrics import ALARM, COMPOSITE, metrics_of
from gate.semantic.sagemaker_requests import Request, is_dynamic, sagemaker_requests

_DEPLOYING = ("CreateEndpoint", "UpdateEndpoint")
_AWS = ("AWS/", "/aws/")
_MOST_ALARMS = 10
_LARGEST_CANARY = 50
_SIZES = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}


def traffic_shifts_in_steps(assembly: Assembly) -> Iterable[Finding]:
    """A canary or a step has a size, of at most half the fleet; no size is set without use."""
    for request in sagemaker_requests(assembly, *_DEPLOYING):
        routing = mapping(_blue_green(request.body).get("TrafficRoutingConfiguration"))
        for reason in _routing_faults(routing):
            yield request.finding("semantic.traffic", reason)


def deployments_can_be_rolled_back(assembly: Assembly) -> Iterable[Finding]:
    """A version that replaces another is watched by one to ten alarms that take it back."""
    requests = list(sagemaker_requests(assembly, *_DEPLOYING))
    guarded = {_endpoint(request) for request in requests if _alarm_names(request.body)}
    for request in requests:
        count = len(_alarm_names(request.body))
        # Beside a guarded way to update an endpoint there may be another, such as the way back.
        elsewhere = bool(request.place) and not count and _endpoint(request) in guarded
        if not (1 <= count <= _MOST_ALARMS or elsewhere or _decides_later(request)):
            reason = (
                f"{count} alarms roll a deployment back, expected 1 to {_MOST_ALARMS}"
                " in DeploymentConfig.AutoRollbackConfiguration.Alarms"
            )
            yield request.finding("semantic.rollback", reason)


def rollback_alarms_watch_the_endpoint(assembly: Assembly) -> Iterable[Finding]:
    """An alarm that rolls an endpoint back is there, and looks at that endpoint."""
    for request in sagemaker_requests(assembly, *_DEPLOYING):
        for name in filter(is_known, _alarm_names(request.body)):
            alarm = _alarm(assembly, name)
            if alarm is None:
                reason = f"the rollback alarm {name!r} is no alarm of this assembly"
                yield request.finding("semantic.rollback-alarm", reason)
            elif not _watches(assembly, alarm, request):
                reason = f"the rollback alarm {name!r} does not look at this endpoint"
                yield request.finding("semantic.rollback-alarm", reason)


def _blue_green(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(body.get("DeploymentConfig")).get("BlueGreenUpdatePolicy"))


def _routing_faults(routing: Mapping[str, Any]) -> Iterator[str]:
    kind = text(routing.get("Type"))
    for wanting, field in _SIZES.items():
        size = mapping(routing.get(field))
        if kind == wanting and not size and not is_dynamic(routing, field):
            yield f"traffic shifts {kind}, and {field} is missing"
        if kind != wanting and size and kind:
            yield f"traffic shifts {kind} and has a {field}, which is for {wanting} only"
        share = number(size.get("Value"))
        if size.get("Type") == "CAPACITY_PERCENT" and share and share > _LARGEST_CANARY:
            yield f"{field} is {share:g} % of the fleet, expected at most {_LARGEST_CANARY} %"


def _decides_later(request: Request) -> bool:
    """Whether nothing is replaced, or the configuration is made at run time."""
    if is_dynamic(request.body, "DeploymentConfig"):
        return True
    configuration = mapping(request.body.get("DeploymentConfig"))
    if is_dynamic(configuration, "AutoRollbackConfiguration"):
        return True
    # CloudFormation updates what it created; a state machine has a call of its own for that.
    return request.operation == "CreateEndpoint" and bool(request.place)


def _endpoint(request: Request) -> str:
    return text(request.body.get("EndpointName", request.body.get("EndpointName.$")))


def _alarm_names(body: Mapping[str, Any]) -> list[str]:
    configuration = mapping(mapping(body.get("DeploymentConfig")).get("AutoRollbackConfiguration"))
    alarms = mappings(configuration.get("Alarms"))
    return [text(item.get("AlarmName")) for item in alarms if item.get("AlarmName")]


def _alarm(assembly: Assembly, name: str) -> Resource | None:
    return next(
        (
            alarm
            for alarm in assembly.resources(ALARM, COMPOSITE)
            if alarm.properties.get("AlarmName") == name or assembly.at(name) is alarm
        ),
        None,
    )


def _watches(assembly: Assembly, alarm: Resource, request: Request) -> bool:
    if alarm.type == COMPOSITE or is_dynamic(request.body, "EndpointName"):
        return True
    endpoint = text(request.body.get("EndpointName"))
    metrics = metrics_of(alarm)
    if not metrics or any(metric.namespace == "" for metric in metrics):
        return True  # an expression over metrics that it names by a search
    of_endpoints = [metric.dimensions.get("EndpointName") for metric in metrics]
    return any(
        name is not None and (name == endpoint or assembly.at(name) is request.resource)
        for name in of_endpoints
    ) or not any(metric.namespace.startswith(_AWS) for metric in metrics)


RULES = (
    traffic_shifts_in_steps,
    deployments_can_be_rolled_back,
    rollback_alarms_watch_the_endpoint,
)
