"""E-mail, as SNS hands it to its mail service: `{to, subject, body}`."""

from __future__ import annotations

from typing import Any

from localcloud.inbox.fields import text_field
from localcloud.inbox.message import Message, severity_in


def read(delivery: dict[str, Any]) -> Message:
    """The mail that a delivery holds. DeliveryError where it lacks a part."""
    subject, body = text_field(delivery, "subject"), text_field(delivery, "body")
    return Message(
        channel="email",
        title=subject,
        text=body,
        severity=severity_in(subject),
        to=text_field(delivery, "to"),
        source=str(delivery.get("topic", "")),
        raw=delivery,
    )
