"""Schedules, rules and functions: what could not be delivered is retried, then kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Rule
from gate.finding import Finding
from gate.reading import is_given, mappings, number, texts, within

_SHORTEST_AGE = 300
_PROTOCOLS = (
    "application",
    "email",
    "email-json",
    "firehose",
    "http",
    "https",
    "lambda",
    "sms",
    "sqs",
)
_SERVICES = ("batch", "cloudwatch", "codebuild", "ec2", "ecr", "glue", "s3", "sagemaker", "states")
_NEVER_CALLED = ("AWS::IAM::", "AWS::KMS::", "AWS::S3::", "AWS::EC2::", "AWS::CloudWatch::")


def rules_keep_what_failed(assembly: Assembly) -> Iterator[Finding]:
    """Each target of a rule has a dead-letter queue."""
    for rule in assembly.resources("AWS::Events::Rule"):
        for target in mappings(rule.properties.get("Targets")):
            for fault in _faults(target, "EventBridge"):
                yield rule.finding("posture.delivery", f"target {target.get('Id')}: {fault}")
        if not mappings(rule.properties.get("Targets")):
            yield rule.finding("posture.delivery", "the rule has no target: nothing happens")


def schedules_keep_what_failed(assembly: Assembly) -> Iterator[Finding]:
    """A schedule's target has a dead-letter queue."""
    for schedule in assembly.resources("AWS::Scheduler::Schedule"):
        for fault in _faults(schedule.properties.get("Target") or {}, "Scheduler"):
            yield schedule.finding("posture.delivery", fault)


def events_of_functions(assembly: Assembly) -> Iterator[Finding]:
    """A retry set-up of a function keeps what failed, and does retry."""
    for setup in assembly.resources("AWS::Lambda::EventInvokeConfig"):
        if not is_given(within(setup.properties, "DestinationConfig.OnFailure.Destination")):
            yield setup.finding(
                "posture.delivery", "events that failed are lost: set DestinationConfig.OnFailure"
            )


def subscriptions_keep_what_failed(assembly: Assembly) -> Iterator[Finding]:
    """A subscription of a machine has somewhere for what it could not deliver."""
    for subscription in assembly.resources("AWS::SNS::Subscription"):
        policy = subscription.properties.get("RedrivePolicy")
        protocol = subscription.properties.get("Protocol")
        if policy is not None and not is_given(within(policy, "deadLetterTargetArn")):
            yield subscription.finding(
                "posture.delivery", "RedrivePolicy names no deadLetterTargetArn"
            )
        if isinstance(protocol, str) and protocol not in _PROTOCOLS:
            yield subscription.finding(
                "posture.delivery", f"Protocol is {protocol!r}: expected one of {_PROTOCOLS}"
            )
        if not is_given(subscription.properties.get("Endpoint")):
            yield subscription.finding("posture.delivery", f"{protocol} without an Endpoint")


def targets_can_be_called(assembly: Assembly) -> Iterator[Finding]:
    """A rule or schedule calls what can be called, with an input that is JSON."""
    for source in assembly.resources("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        targets = [*mappings(source.properties.get("Targets"))]
        for target in [*targets, *mappings(source.properties.get("Target"))]:
            called = assembly.at(target.get("Arn"))
            if called is not None and called.type.startswith(_NEVER_CALLED):
                yield source.finding(
                    "posture.delivery-target",
                    f"its target {called.logical_id} is a {called.type}: it cannot be called",
                )
            if not _is_json(target.get("Input")):
                yield source.finding("posture.delivery-input", "its Input is no JSON: mend it")


def sources_are_whole(assembly: Assembly) -> Iterator[Finding]:
    """Events of an AWS service are named `aws.<service>`."""
    for rule in assembly.resources("AWS::Events::Rule"):
        for source in texts(within(rule.properties, "EventPattern.source")):
            if source in _SERVICES:
                yield rule.finding(
                    "posture.event-source",
                    f"source {source!r} sends nothing: expected aws.{source}",
                )


def _is_json(text: object) -> bool:
    if not isinstance(text, str):
        return True
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _faults(target: Mapping[str, Any], service: str) -> Iterator[str]:
    if not is_given(within(target, "DeadLetterConfig.Arn")):
        yield (
            f"what {service} cannot deliver is lost without a word: "
            "set DeadLetterConfig.Arn to a queue"
        )
    attempts = number(within(target, "RetryPolicy.MaximumRetryAttempts"))
    if attempts is not None and attempts < 1:
        yield "MaximumRetryAttempts is 0: one throttled call loses the event; retry"
    age = number(within(target, "RetryPolicy.MaximumEventAgeInSeconds"))
    if age is not None and age < _SHORTEST_AGE:
        yield f"MaximumEventAgeInSeconds is {age:g}: retries end before an outage does"


RULES: tuple[Rule, ...] = (
    rules_keep_what_failed,
    schedules_keep_what_failed,
    events_of_functions,
    subscriptions_keep_what_failed,
    targets_can_be_called,
    sources_are_whole,
)
