"""What services deliver to topics, queues and functions by the name of the service.

Each of these edges needs the target's policy to let the service, and the target's key too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from gate.assembly import Assembly, Resource
from gate.reading import fields, mappings, text, texts

_TARGETS_OF_ALERTS = {"topic_arn", "secret_arn"}
_ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


@dataclass(frozen=True)
class Delivery:
    """`source` makes `service` send to the resource at `target`, as its property `by` says."""

    source: Resource
    service: str
    target: str
    by: str


def deliveries(assembly: Assembly) -> Iterator[Delivery]:
    """Every delivery that the assembly asks for."""
    for found in assembly.resources(*_SENDERS):
        yield from _SENDERS[found.type](found)


def _of_alarm(alarm: Resource) -> Iterator[Delivery]:
    for by in _ALARM_ACTIONS:
        for target in texts(alarm.properties, by):
            invokes = ":lambda:" in target
            service = "lambda.alarms.cloudwatch" if invokes else "cloudwatch"
            yield Delivery(alarm, f"{service}.amazonaws.com", target, by)


def _of_rule(rule: Resource) -> Iterator[Delivery]:
    for target in mappings(rule.properties, "Targets"):
        if not text(target, "RoleArn"):
            yield Delivery(rule, "events.amazonaws.com", text(target, "Arn"), "Targets")
        if dead := text(target, "DeadLetterConfig", "Arn"):
            yield Delivery(rule, "events.amazonaws.com", dead, "DeadLetterConfig")


def _of_subscription(subscription: Resource) -> Iterator[Delivery]:
    if text(subscription.properties, "Protocol") in {"sqs", "lambda"}:
        target = text(subscription.properties, "Endpoint")
        yield Delivery(subscription, "sns.amazonaws.com", target, "Endpoint")
    if dead := text(subscription.properties, "RedrivePolicy", "deadLetterTargetArn"):
        yield Delivery(subscription, "sns.amazonaws.com", dead, "RedrivePolicy")


def _of_topic(topic: Resource) -> Iterator[Delivery]:
    for inline in mappings(topic.properties, "Subscription"):
        if text(inline, "Protocol") in {"sqs", "lambda"}:
            yield Delivery(topic, "sns.amazonaws.com", text(inline, "Endpoint"), "Subscription")


def _of_bucket(bucket: Resource) -> Iterator[Delivery]:
    settings = bucket.properties.get("NotificationConfiguration")
    for by, key in (
        ("TopicConfigurations", "Topic"),
        ("QueueConfigurations", "Queue"),
        ("LambdaConfigurations", "Function"),
    ):
        for configuration in mappings(settings, by):
            yield Delivery(bucket, "s3.amazonaws.com", text(configuration, key), by)


def _of_cdk_notifications(notifications: Resource) -> Iterator[Delivery]:
    """The CDK sets a bucket's notifications through a function of its own, in the API's words."""
    settings = notifications.properties.get("NotificationConfiguration")
    for by, key in (
        ("TopicConfigurations", "TopicArn"),
        ("QueueConfigurations", "QueueArn"),
        ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
    ):
        for configuration in mappings(settings, by):
            yield Delivery(notifications, "s3.amazonaws.com", text(configuration, key), by)


def _of_budget(budget: Resource) -> Iterator[Delivery]:
    for notice in mappings(budget.properties, "NotificationsWithSubscribers"):
        for subscriber in mappings(notice, "Subscribers"):
            if text(subscriber, "SubscriptionType") == "SNS":
                target = text(subscriber, "Address")
                yield Delivery(budget, "budgets.amazonaws.com", target, "Subscribers")


def _of_cost_anomalies(subscription: Resource) -> Iterator[Delivery]:
    for subscriber in mappings(subscription.properties, "Subscribers"):
        if text(subscriber, "Type") == "SNS":
            target = text(subscriber, "Address")
            yield Delivery(subscription, "costalerts.amazonaws.com", target, "Subscribers")


def _of_prometheus(workspace: Resource) -> Iterator[Delivery]:
    outer = _yaml(text(workspace.properties, "AlertManagerDefinition"))
    # AMP takes Alertmanager's own document as a text inside of its own.
    inner = _yaml(text(outer, "alertmanager_config"))
    found = {value for key, value in fields(inner) if key in _TARGETS_OF_ALERTS}
    for target in sorted(value for value in found if isinstance(value, str)):
        yield Delivery(workspace, "aps.amazonaws.com", target, "AlertManagerDefinition")


def _yaml(document: str) -> object:
    try:
        return yaml.safe_load(document)
    except yaml.YAMLError:  # a document that is none has a rule of its own
        return None


def _of_notification_rule(rule: Resource) -> Iterator[Delivery]:
    for target in mappings(rule.properties, "Targets"):
        address = text(target, "TargetAddress")
        yield Delivery(rule, "codestar-notifications.amazonaws.com", address, "Targets")


def _of_log_filter(log_filter: Resource) -> Iterator[Delivery]:
    target = text(log_filter.properties, "DestinationArn")
    if ":lambda:" in target:
        yield Delivery(log_filter, "logs.amazonaws.com", target, "DestinationArn")


def _of_rotation(rotation: Resource) -> Iterator[Delivery]:
    if target := text(rotation.properties, "RotationLambdaARN"):
        yield Delivery(rotation, "secretsmanager.amazonaws.com", target, "RotationLambdaARN")


def _of_trail(trail: Resource) -> Iterator[Delivery]:
    if target := text(trail.properties, "SnsTopicName"):
        yield Delivery(trail, "cloudtrail.amazonaws.com", target, "SnsTopicName")


_SENDERS: Mapping[str, Callable[[Resource], Iterator[Delivery]]] = {
    "AWS::CloudWatch::Alarm": _of_alarm,
    "AWS::CloudWatch::CompositeAlarm": _of_alarm,
    "AWS::Events::Rule": _of_rule,
    "AWS::SNS::Subscription": _of_subscription,
    "AWS::SNS::Topic": _of_topic,
    "AWS::S3::Bucket": _of_bucket,
    "Custom::S3BucketNotifications": _of_cdk_notifications,
    "AWS::Budgets::Budget": _of_budget,
    "AWS::CE::AnomalySubscription": _of_cost_anomalies,
    "AWS::APS::Workspace": _of_prometheus,
    "AWS::CodeStarNotifications::NotificationRule": _of_notification_rule,
    "AWS::Logs::SubscriptionFilter": _of_log_filter,
    "AWS::SecretsManager::RotationSchedule": _of_rotation,
    "AWS::CloudTrail::Trail": _of_trail,
}
