"""Deployments of endpoints: time for all of their waits, and alarms that silence does not ring."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mapping, mappings, number, text
from gate.semantic.alarm_metrics import ALARM, metrics_of
from gate.semantic.sagemaker_requests import sagemaker_requests

_DEPLOYING = ("CreateEndpoint", "UpdateEndpoint")
_WHOLE = 100


def deployments_have_time_for_their_waits(assembly: Assembly) -> Iterable[Finding]:
    """A deployment may take longer than it waits, in each of its steps and at its end."""
    for request in sagemaker_requests(assembly, *_DEPLOYING):
        config = mapping(request.body.get("DeploymentConfig"))
        for name, waits in (
            ("BlueGreenUpdatePolicy", _blue_green),
            ("RollingUpdatePolicy", _rolling),
        ):
            policy = mapping(config.get(name))
            longest = number(policy.get("MaximumExecutionTimeoutInSeconds"))
            waited = sum(waits(policy))
            if longest is not None and longest <= waited:
                reason = (
                    f"{name} may take {longest:g} s and waits {waited:g} s in all: SageMaker ends"
                    " it midway; raise MaximumExecutionTimeoutInSeconds, or wait less"
                )
                yield request.finding("semantic.deployment-time", reason)


def silence_rolls_nothing_back(assembly: Assembly) -> Iterable[Finding]:
    """An alarm that takes a release back does not ring for want of requests."""
    taking_back = {
        text(item.get("AlarmName"))
        for request in sagemaker_requests(assembly, *_DEPLOYING)
        for item in mappings(
            mapping(
                mapping(request.body.get("DeploymentConfig")).get("AutoRollbackConfiguration")
            ).get("Alarms")
        )
    } - {""}
    for name in sorted(taking_back):
        alarm = assembly.at(name, ALARM)
        if alarm is None or alarm.properties.get("TreatMissingData") != "breaching":
            continue
        for metric in metrics_of(alarm):
            if "EndpointName" in metric.dimensions and metric.namespace == "AWS/SageMaker":
                reason = (
                    f"it takes releases back, and TreatMissingData is breaching: {metric.name} is"
                    " there only while requests come, so that a quiet hour takes back each"
                    " release; expected notBreaching"
                )
                yield alarm.finding("semantic.rollback-silence", reason)


def _blue_green(policy: Mapping[str, Any]) -> Iterator[float]:
    routing = mapping(policy.get("TrafficRoutingConfiguration"))
    yield number(policy.get("TerminationWaitInSeconds")) or 0
    steps = 1
    if routing.get("Type") == "LINEAR":
        steps = _steps(mapping(routing.get("LinearStepSize")))
    yield steps * (number(routing.get("WaitIntervalInSeconds")) or 0)


def _rolling(policy: Mapping[str, Any]) -> Iterator[float]:
    steps = _steps(mapping(policy.get("MaximumBatchSize")))
    yield steps * (number(policy.get("WaitIntervalInSeconds")) or 0)


def _steps(size: Mapping[str, Any]) -> int:
    """How many steps there are at least: of a count of instances, the fleet's is not known."""
    share = number(size.get("Value"))
    if size.get("Type") != "CAPACITY_PERCENT" or not share or share < 1:
        return 1
    return math.ceil(_WHOLE / share)


RULES = (deployments_have_time_for_their_waits, silence_rolls_nothing_back)
