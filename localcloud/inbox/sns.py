"""SNS's own HTTP deliveries: the confirmation handshake, then notifications."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

from localcloud.inbox.faults import DeliveryError
from localcloud.inbox.fields import text_field
from localcloud.inbox.message import SEVERITIES, Message, severity_in
from tidewatch.core.errors import Fault

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
SECONDS = 10


def subscribe_url(delivery: dict[str, Any]) -> str:
    """Where a subscription is confirmed. Only a loopback address is ever called."""
    url = text_field(delivery, "SubscribeURL")
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK_NAMES:
        expected = "an http address on the loopback interface"
        raise DeliveryError(Fault("SubscribeURL", url, expected, "subscribe through the gateway"))
    return url


def confirm(url: str) -> None:
    """Call the address that confirms a subscription. ConnectionError where it is refused."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", f"{parts.path or '/'}?{parts.query}")
        status = connection.getresponse().status
    finally:
        connection.close()
    if status != http.client.OK:
        raise ConnectionError(f"{url} answered {status}")


def read(delivery: dict[str, Any], name: str) -> Message:
    """The notification that a delivery to the subscription `name` holds."""
    text = text_field(delivery, "Message")
    title = str(delivery.get("Subject") or text.splitlines()[0])
    said = _attribute(delivery, "severity")
    return Message(
        channel="sns",
        title=title,
        text=text,
        severity=said if said in SEVERITIES else severity_in(title),
        to=name,
        source=str(delivery.get("TopicArn", "")),
        raw=delivery,
    )


def _attribute(delivery: dict[str, Any], name: str) -> str:
    attribute = (delivery.get("MessageAttributes") or {}).get(name) or {}
    return str(attribute.get("Value", ""))
