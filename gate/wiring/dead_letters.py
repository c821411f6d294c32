"""What is delivered in the background is kept somewhere when it cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import mappings, text
from gate.wiring.deliveries import deliveries
from gate.wiring.target_roles import action_on
from gate.wiring.targets import behind

_PASSED_ON = {"sqs:SendMessage", "sns:Publish", "events:PutEvents", "kinesis:PutRecord", ""}
_REMOTE = {"lambda", "http", "https", "firehose"}


def rules_keep_what_fails(assembly: Assembly) -> Iterator[Finding]:
    """A rule that starts something, and drops the event where that cannot be started."""
    for rule in assembly.resources("AWS::Events::Rule"):
        for target in mappings(rule.properties, "Targets"):
            starts = action_on(text(target, "Arn")) not in _PASSED_ON
            if starts and not text(target, "DeadLetterConfig", "Arn"):
                yield rule.finding(
                    "wiring.dead-letters",
                    f"its target {text(target, 'Arn')} has no DeadLetterConfig: an event that "
                    "cannot be delivered is lost; add a queue",
                )


def schedules_keep_what_fails(assembly: Assembly) -> Iterator[Finding]:
    """A schedule that drops the call that it could not make."""
    for schedule in assembly.resources("AWS::Scheduler::Schedule"):
        if not text(schedule.properties, "Target", "DeadLetterConfig", "Arn"):
            yield schedule.finding(
                "wiring.dead-letters",
                "its target has no DeadLetterConfig: a call that fails is lost; add a queue",
            )


def subscriptions_keep_what_fails(assembly: Assembly) -> Iterator[Finding]:
    """A subscription that drops the message that a function or a server did not take."""
    for subscription in assembly.resources("AWS::SNS::Subscription"):
        remote = text(subscription.properties, "Protocol") in _REMOTE
        dead = text(subscription.properties, "RedrivePolicy", "deadLetterTargetArn")
        if remote and not dead:
            yield subscription.finding(
                "wiring.dead-letters",
                "it has no RedrivePolicy: a message that is not taken is lost; add a queue",
            )


def functions_keep_what_fails(assembly: Assembly) -> Iterator[Finding]:
    """A function that is called in the background, and whose failures nobody keeps."""
    called = {
        found.name: found
        for delivery in deliveries(assembly)
        for found in [behind(assembly, delivery.target)]
        if found is not None
        and found.type == "AWS::Lambda::Function"
        # A rotation is tried again by Secrets Manager itself, a log line is not worth a queue.
        and delivery.by not in {"RotationLambdaARN", "DestinationArn"}
    }
    for _, function in sorted(called.items()):
        if not _keeps_failures(assembly, function):
            yield function.finding(
                "wiring.dead-letters",
                "it is called in the background, and has neither DeadLetterConfig nor an "
                "OnFailure destination: what it fails on is lost; add a queue",
            )


def _keeps_failures(assembly: Assembly, function: Resource) -> bool:
    if text(function.properties, "DeadLetterConfig", "TargetArn"):
        return True
    return any(
        behind(assembly, text(settings.properties, "FunctionName")) is function
        and text(settings.properties, "DestinationConfig", "OnFailure", "Destination")
        for settings in assembly.resources("AWS::Lambda::EventInvokeConfig")
    )


RULES = (
    rules_keep_what_fails,
    schedules_keep_what_fails,
    subscriptions_keep_what_fails,
    functions_keep_what_fails,
)
