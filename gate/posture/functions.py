"""Lambda functions: callable by whom they are meant for, and given what they need to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource, Rule
from gate.finding import Finding
from gate.posture.tasks import MACHINE, definition
from gate.reading import is_given, number, parts, within

_FUNCTION = "AWS::Lambda::Function"
_SHORTEST = 3


def can_run(assembly: Assembly) -> Iterator[Finding]:
    """A function has a moment to run, and may run at all."""
    for function in assembly.resources(_FUNCTION):
        timeout = number(function.properties.get("Timeout"))
        if timeout is not None and timeout < _SHORTEST:
            yield function.finding(
                "posture.function-timeout",
                f"Timeout is {timeout:g} s: a cold start takes that; expected 3 s or more",
            )
        if number(function.properties.get("ReservedConcurrentExecutions")) == 0:
            yield function.finding(
                "posture.function-concurrency",
                "ReservedConcurrentExecutions is 0: the function can never run",
            )


def invoked_by_whom(assembly: Assembly) -> Iterator[Finding]:
    """A permission names the resource, or the account, on whose behalf a service calls."""
    for permission in assembly.resources("AWS::Lambda::Permission"):
        principal = str(permission.properties.get("Principal", ""))
        narrow = any(
            is_given(permission.properties.get(key))
            for key in ("SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken")
        )
        if principal == "*" and not is_given(permission.properties.get("PrincipalOrgID")):
            yield permission.finding("posture.function-open", "Principal is *: name who may call")
        elif principal.endswith(".amazonaws.com") and not narrow:
            yield permission.finding(
                "posture.function-open",
                f"{principal} may call for any account: set SourceArn or SourceAccount",
            )


def in_the_network_of_their_stack(assembly: Assembly) -> Iterator[Finding]:
    """Where a stack's jobs or models run in subnets, its functions do too."""
    inside = {
        resource.stack
        for resource in assembly.resources(MACHINE, "AWS::SageMaker::Model")
        if any(_subnets(part) for part in parts([resource.properties, _definition(resource)]))
    }
    for function in assembly.resources(_FUNCTION):
        if function.stack in inside and not _subnets(function.properties):
            yield function.finding(
                "posture.function-network",
                "VpcConfig is not set, though its stack works in a network: it would reach the "
                "internet from outside it",
            )


def not_on_the_internet(assembly: Assembly) -> Iterator[Finding]:
    """A function's URL asks who calls."""
    for url in assembly.resources("AWS::Lambda::Url"):
        if url.properties.get("AuthType") != "AWS_IAM":
            yield url.finding("posture.function-open", "AuthType is not AWS_IAM: anyone may call")


def event_source_fails_well(assembly: Assembly) -> Iterator[Finding]:
    """A stream's poisoned record does not block its shard for ever."""
    for mapping in assembly.resources("AWS::Lambda::EventSourceMapping"):
        source = str(mapping.properties.get("EventSourceArn", ""))
        stream = ":kinesis:" in source or ":dynamodb:" in source
        if stream and not is_given(within(mapping.properties, "DestinationConfig.OnFailure")):
            yield mapping.finding(
                "posture.delivery", "records that failed are lost: set DestinationConfig.OnFailure"
            )


def _subnets(part: Mapping[str, Any]) -> bool:
    config = part.get("VpcConfig")
    return is_given(within(config, "SubnetIds")) or is_given(within(config, "Subnets"))


def _definition(resource: Resource) -> Mapping[str, Any]:
    return definition(resource) if resource.type == MACHINE else {}


RULES: tuple[Rule, ...] = (
    can_run,
    in_the_network_of_their_stack,
    invoked_by_whom,
    not_on_the_internet,
    event_source_fails_well,
)
