"""Autoscaling: there is room to scale, and a target that can be met."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.reading import mappings, number, within

_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_TRACKING = "TargetTrackingScalingPolicyConfiguration"
_LONGEST_COOLDOWN = 3600
_HUNDRED = 100


def room(assembly: Assembly) -> Iterator[Finding]:
    """The least is below the most, and not nothing unless the service can sleep."""
    for target in assembly.resources(_TARGET):
        least = number(target.properties.get("MinCapacity"))
        most = number(target.properties.get("MaxCapacity"))
        if least is None or most is None:
            continue
        if least >= most:
            yield target.finding(
                "posture.scaling-room",
                f"MinCapacity is {least:g} and MaxCapacity {most:g}: it can never scale",
            )
        dimension = str(target.properties.get("ScalableDimension"))
        if least < 1 and dimension == "sagemaker:variant:DesiredInstanceCount":
            yield target.finding(
                "posture.scaling-room", "MinCapacity is 0: a variant that sleeps answers nobody"
            )


def has_policy(assembly: Assembly) -> Iterator[Finding]:
    """Something tells each target when to scale."""
    scaled = set()
    for policy in assembly.resources(_POLICY):
        # A target's reference is its resource, dimension and namespace, with bars between.
        scaled.add(str(policy.properties.get("ScalingTargetId")).split("|", 1)[0])
        scaled.add(str(policy.properties.get("ResourceId")))
    for target in assembly.resources(_TARGET):
        scheduled = mappings(target.properties.get("ScheduledActions"))
        if str(target.properties.get("ResourceId")) not in scaled and not scheduled:
            yield target.finding("posture.scaling-policy", "no policy scales it: add one")


def target_is_sane(assembly: Assembly) -> Iterator[Finding]:
    """A tracked value is above zero, a percentage below 100, and a cooldown under an hour."""
    for policy in assembly.resources(_POLICY):
        for fault in _faults(policy):
            yield policy.finding("posture.scaling-target", fault)


def _faults(policy: Resource) -> Iterator[str]:
    tracking = within(policy.properties, _TRACKING)
    if tracking is None:
        return
    value = number(within(tracking, "TargetValue"))
    metric = str(within(tracking, "PredefinedMetricSpecification.PredefinedMetricType"))
    if value is not None and value <= 0:
        yield f"TargetValue is {value:g}: expected more than 0"
    if value is not None and "Utilization" in metric and value >= _HUNDRED:
        yield f"TargetValue is {value:g} %: it is never passed, so nothing scales out"
    if within(tracking, "DisableScaleIn") is True:
        yield "DisableScaleIn is true: what was scaled out is paid for for ever"
    into = number(within(tracking, "ScaleInCooldown"))
    out = number(within(tracking, "ScaleOutCooldown"))
    if any(wait is not None and not 0 <= wait <= _LONGEST_COOLDOWN for wait in (into, out)):
        yield "a cooldown is longer than an hour: is it in milliseconds?"
    if into is not None and out is not None and into < out:
        yield f"it scales in after {into:g} s but out after {out:g} s: it would flap"


RULES: tuple[Rule, ...] = (room, has_policy, target_is_sane)
