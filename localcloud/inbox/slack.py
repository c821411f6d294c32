"""Slack posts of Amazon Q in chat applications: its custom schema, or an AWS event."""

from __future__ import annotations

import json
from typing import Any

from localcloud.inbox.fields import text_field
from localcloud.inbox.message import Message, severity_in

EMOJI = {":rotating_light:": "🚨", ":warning:": "⚠️", ":white_check_mark:": "✅"}


def read(delivery: dict[str, Any]) -> Message:
    """The post that a delivery `{channel, topic, message}` makes."""
    message = text_field(delivery, "message")
    title, text, keywords = _shown(message)
    return Message(
        channel="slack",
        title=_with_emoji(title),
        text=_with_emoji(text),
        severity=severity_in(title, *keywords),
        to=text_field(delivery, "channel"),
        source=str(delivery.get("topic", "")),
        raw=delivery,
    )


def _shown(message: str) -> tuple[str, str, list[str]]:
    """Title, text and keywords of what the channel shows."""
    try:
        document = json.loads(message)
    except json.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        return message.splitlines()[0], message, []
    content = document.get("content")
    if isinstance(content, dict):
        keywords = [str(word) for word in content.get("keywords") or []]
        return str(content.get("title", "")), str(content.get("description", "")), keywords
    if "AlarmName" in document:
        title = f"{document.get('NewStateValue', 'ALARM')}: {document['AlarmName']}"
        return title, str(document.get("NewStateReason", "")), []
    title = str(document.get("detail-type", "Event"))
    return title, json.dumps(document.get("detail", document), indent=2), []


def _with_emoji(text: str) -> str:
    for name, sign in EMOJI.items():
        text = text.replace(name, sign)
    return text
