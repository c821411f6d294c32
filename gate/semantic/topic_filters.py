"""What a service of AWS publishes to a topic passes the filter of somebody who subscribed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_given, listed, mapping, mappings, text, texts

_TOPIC, _SUBSCRIPTION = "AWS::SNS::Topic", "AWS::SNS::Subscription"
_CHANNELS = (
    "AWS::Chatbot::SlackChannelConfiguration",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
)
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def messages_pass_a_filter(assembly: Assembly) -> Iterable[Finding]:
    """Alarms and budgets publish without attributes: not everybody filters by them."""
    for topic in assembly.resources(_TOPIC):
        subscribed = list(_subscribed(assembly, topic))
        if not subscribed or not all(_drops(properties) for _, properties in subscribed):
            continue
        sender = next((one for one in _senders(assembly) if _names(assembly, one, topic)), None)
        if sender is not None:
            reason = (
                f"its filter wants attributes, which messages of {sender[0].name} have not, and"
                f" nobody else hears of {topic.name}: drop the filter, or set FilterPolicyScope"
                " to MessageBody"
            )
            yield subscribed[0][0].finding("semantic.topic-filter", reason)


def _subscribed(assembly: Assembly, topic: Resource) -> Iterator[tuple[Resource, Any]]:
    """Whoever hears of a topic, with the properties of the subscription."""
    for inline in mappings(topic.properties, "Subscription"):
        yield topic, inline
    for subscription in assembly.resources(_SUBSCRIPTION):
        if assembly.at(subscription.properties.get("TopicArn"), _TOPIC) is topic:
            yield subscription, subscription.properties
    for channel in assembly.resources(*_CHANNELS):
        for name in texts(channel.properties, "SnsTopicArns"):
            if assembly.at(name, _TOPIC) is topic:
                yield channel, {}


def _drops(subscription: Mapping[str, Any]) -> bool:
    """Whether a message without attributes is dropped."""
    policy = mapping(subscription.get("FilterPolicy"))
    by_body = text(subscription, "FilterPolicyScope") == "MessageBody"
    return not by_body and any(
        is_given(wanted) and {"exists": False} not in listed(wanted)
        for name, wanted in policy.items()
        if name != "$or"
    )


def _senders(assembly: Assembly) -> Iterator[tuple[Resource, list[str]]]:
    """Alarms and budgets, with the topics that they publish to."""
    for alarm in assembly.resources("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        yield alarm, [name for by in _ACTIONS for name in texts(alarm.properties, by)]
    for budget in assembly.resources("AWS::Budgets::Budget"):
        notices = mappings(budget.properties, "NotificationsWithSubscribers")
        told = [one for notice in notices for one in mappings(notice, "Subscribers")]
        yield budget, [text(one, "Address") for one in told]


def _names(assembly: Assembly, sender: tuple[Resource, list[str]], topic: Resource) -> bool:
    return any(assembly.at(name, _TOPIC) is topic for name in sender[1])


RULES = (messages_pass_a_filter,)
