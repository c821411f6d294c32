"""Notifications that reach people: SNS e-mail subscriptions and Slack channels, to the inbox.

SNS itself is ministack's; it drops what goes to people. Every delivery is a real HTTP POST.
"""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

import http.client
import json
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ministack.services import sns

from localcloud import running

logger = logging.getLogger(__name__)

ATTEMPTS = 3
EMAIL_PROTOCOLS = ("email", "email-json")
CHATBOT_SCHEMA = {"version": "1.0", "source": "custom"}
SHOWN_KEYS = ("AlarmName", "detail-type")


@dataclass(frozen=True)
class SlackChannel:
    """A Slack channel, and the topics it listens to."""

    channel: str
    topics: frozenset[str]


@dataclass(frozen=True)
class Delivery:
    """One message on its way to the inbox."""

    path: str
    content: dict[str, Any]


def install() -> None:
    """Deliver after ministack's own fan-out."""
    original = sns._fanout

    def fanout(
        topic_arn: str, message_id: str, message: str, subject: str, *rest: Any, **more: Any
    ) -> None:
        original(topic_arn, message_id, message, subject, *rest, **more)
        for delivery in deliveries(topic_arn, message_id, message, subject, *rest[:2]):
            _outgoing.put(delivery)

    sns._fanout = fanout
    threading.Thread(target=_deliver_all, name="notifications", daemon=True).start()


def shutdown() -> None:
    """Deliver no more."""
    _outgoing.put(None)


def listen(identifier: str, channel: SlackChannel) -> None:
    """Let a channel listen to its topics; a known identifier is replaced."""
    _channels[identifier] = channel


def leave(identifier: str) -> None:
    """Let a channel listen no more."""
    _channels.pop(identifier, None)


def deliveries(
    topic_arn: str,
    message_id: str,
    message: str,
    subject: str,
    structure: str = "",
    attributes: dict[str, Any] | None = None,
) -> list[Delivery]:
    """What a published message makes: one mail an address, one post a channel that can show it."""
    topic = sns._topic_by_arn_any_scope(topic_arn)
    if not topic:
        return []
    mails = [
        _mail(topic_arn, message_id, message, subject, structure, subscription)
        for subscription in topic["subscriptions"]
        if _wants(subscription, message, attributes or {})
    ]
    posts = [
        Delivery("/slack", {"channel": channel.channel, "topic": topic_arn, "message": message})
        for channel in _channels.values()
        if topic_arn in channel.topics and _shown_in_slack(topic_arn, message)
    ]
    return mails + posts


def shown_in_slack(message: str) -> bool:
    """Whether Amazon Q in chat applications shows a message: its custom schema, or AWS's events."""
    try:
        document = json.loads(message)
    except json.JSONDecodeError:
        return False
    if not isinstance(document, dict):
        return False
    if any(key in document for key in SHOWN_KEYS):
        return True
    custom = all(document.get(key) == value for key, value in CHATBOT_SCHEMA.items())
    content = document.get("content")
    return custom and isinstance(content, dict) and bool(content.get("description"))


def _shown_in_slack(topic_arn: str, message: str) -> bool:
    shown = shown_in_slack(message)
    if not shown:
        # AWS drops it without a word; we drop it too, and say so.
        logger.warning("dropped for Slack, not in its schema, from %s: %.200s", topic_arn, message)
    return shown


def _wants(subscription: dict[str, Any], message: str, attributes: dict[str, Any]) -> bool:
    return (
        bool(subscription.get("confirmed"))
        and subscription.get("protocol") in EMAIL_PROTOCOLS
        and sns._matches_filter_policy(subscription, attributes, message)
    )


def _mail(
    topic_arn: str,
    message_id: str,
    message: str,
    subject: str,
    structure: str,
    subscription: dict[str, Any],
) -> Delivery:
    body = sns._resolve_message_for_protocol(message, structure, subscription["protocol"])
    return Delivery(
        "/email",
        {
            "to": subscription["endpoint"],
            "subject": subject or "AWS Notification Message",
            "body": body,
            "topic": topic_arn,
            "message_id": message_id,
        },
    )


def _deliver_all() -> None:
    while (delivery := _outgoing.get()) is not None:
        _deliver(delivery, running.address)


def _deliver(delivery: Delivery, address: Callable[[str], str | None]) -> None:
    inbox = address("inbox")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _post(f"{inbox}{delivery.path}", delivery.content)
        except (OSError, http.client.HTTPException) as fault:
            logger.warning("attempt %s to deliver %s: %s", attempt, delivery.path, fault)
        else:
            return
    logger.error("not delivered: %s", delivery)


def _post(url: str, content: dict[str, Any]) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        body = json.dumps(content)
        connection.request("POST", parts.path, body, {"content-type": "application/json"})
        status = connection.getresponse().status
    finally:
        connection.close()
    if status // 100 != 2:  # noqa: PLR2004 - 2xx
        raise ConnectionError(f"the inbox answered {status}")


_channels: dict[str, SlackChannel] = {}
_outgoing: queue.Queue[Delivery | None] = queue.Queue()
