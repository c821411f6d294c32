"""Services may deliver where the assembly wires them to: the policies of targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import text
from gate.wiring.arns import account_in, arn_of, region_in
from gate.wiring.deliveries import Delivery, deliveries
from gate.wiring.policies import Request, allows, service
from gate.wiring.resource_policies import ResourcePolicies
from gate.wiring.targets import behind

ACTIONS: Mapping[str, str] = {
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::SQS::Queue": "sqs:SendMessage",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::SecretsManager::Secret": "secretsmanager:GetSecretValue",
}
"""What a service does to a target of a type."""

# The source in aws:SourceArn, where it is not the resource that asks for the delivery.
_SOURCE_PROPERTY = {
    "AWS::SNS::Subscription": "TopicArn",
    "Custom::S3BucketNotifications": "BucketName",
    "AWS::Logs::SubscriptionFilter": "LogGroupName",
    "AWS::SecretsManager::RotationSchedule": "SecretId",
}
_SOURCE_ITSELF = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Events::Rule",
    "AWS::SNS::Topic",
    "AWS::S3::Bucket",
    "AWS::APS::Workspace",
    "AWS::CloudTrail::Trail",
}


def targets_let_services_deliver(assembly: Assembly) -> Iterator[Finding]:
    """A topic, queue, function or secret whose policy keeps out the service that is wired to it."""
    policies = ResourcePolicies(assembly)
    for delivery in deliveries(assembly):
        target = behind(assembly, delivery.target)
        if target is None or target.type not in ACTIONS:
            continue
        statements = policies.on(target)
        if not statements and _is_let_by_default(delivery, target):
            continue
        action = ACTIONS[target.type]
        if not any(
            allows(statements, Request(action, delivery.target, service(name), context))
            for name in names_of(delivery)
            for context in [context_of(assembly, delivery)]
        ):
            yield delivery.source.finding(
                "wiring.delivery-policy",
                f"{delivery.by} names {target.name}, whose policy does not let {delivery.service} "
                f"{action} from here: the delivery is dropped; allow it there",
            )


def names_of(delivery: Delivery) -> tuple[str, ...]:
    """The names that the service may go by: some have one a region."""
    name, _, domain = delivery.service.partition(".")
    return (delivery.service, f"{name}.{region_in(delivery.target)}.{domain}")


def context_of(assembly: Assembly, delivery: Delivery) -> Mapping[str, str | None]:
    """What the service says about the delivery, as far as it is known."""
    known: dict[str, str | None] = {}
    if account := account_in(delivery.target):
        known["aws:SourceAccount"] = account
    if source := _source_arn(assembly, delivery.source):
        known["aws:SourceArn"] = source
    return known


def _source_arn(assembly: Assembly, source: Resource) -> str:
    if source.type in _SOURCE_ITSELF:
        return arn_of(assembly, source)
    named = text(source.properties, _SOURCE_PROPERTY.get(source.type, ""))
    found = behind(assembly, named)
    return arn_of(assembly, found) if found is not None else ""


def _is_let_by_default(delivery: Delivery, target: Resource) -> bool:
    # The policy that a topic has of its own lets the owner's alarms publish, and no other service.
    return target.type == "AWS::SNS::Topic" and delivery.service == "cloudwatch.amazonaws.com"


RULES = (targets_let_services_deliver,)
