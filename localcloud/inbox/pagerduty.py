"""PagerDuty's Events API v2: the checks and answers of the real one.

https://developer.pagerduty.com/docs/send-alert-event
"""

from __future__ import annotations

import uuid
from typing import Any

from localcloud.inbox.faults import DeliveryError
from localcloud.inbox.message import Message
from tidewatch.core.errors import Fault

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
KEY_LENGTH = 32
LONGEST_SUMMARY = 1024
LARGEST_BODY = 512 * 1024


def read(event: dict[str, Any]) -> tuple[Message, str]:
    """The incident that an event is about, and its deduplication key."""
    errors = _errors(event)
    if errors:
        raise _invalid(errors)
    payload = event.get("payload") or {}
    key = str(event.get("dedup_key") or uuid.uuid4().hex)
    action = str(event["event_action"])
    message = Message(
        channel="pagerduty",
        title=str(payload.get("summary") or key),
        text=_details(payload),
        severity="ok" if action == "resolve" else str(payload.get("severity", "info")),
        to=f"{action} · {key[:12]}",
        source=str(payload.get("source", "")),
        raw={**event, "routing_key": "…" + str(event["routing_key"])[-4:]},
    )
    return message, key


def accepted(key: str) -> dict[str, str]:
    """The answer to an event that was taken (HTTP 202)."""
    return {"status": "success", "message": "Event processed", "dedup_key": key}


def _errors(event: dict[str, Any]) -> list[str]:
    errors = []
    key = event.get("routing_key")
    if not isinstance(key, str) or not key:
        errors.append("'routing_key' is missing or blank")
    elif len(key) != KEY_LENGTH:
        errors.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    action = event.get("event_action")
    if action not in ACTIONS:
        errors.append(f"'event_action' is invalid (must be one of {', '.join(ACTIONS)})")
    elif action == "trigger":
        errors += _payload_errors(event.get("payload"))
    elif not event.get("dedup_key"):
        errors.append("'dedup_key' is missing or blank")
    return errors


def _payload_errors(payload: Any) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    errors = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source", "severity")
        if not payload.get(name)
    ]
    if len(str(payload.get("summary", ""))) > LONGEST_SUMMARY:
        errors.append(f"'payload.summary' is too long (at most {LONGEST_SUMMARY} characters)")
    if payload.get("severity") and payload["severity"] not in SEVERITIES:
        errors.append(f"'payload.severity' is invalid (must be one of {', '.join(SEVERITIES)})")
    return errors


def _details(payload: dict[str, Any]) -> str:
    details = payload.get("custom_details") or {}
    if not isinstance(details, dict):
        return str(details)
    return "\n".join(f"{name}: {value}".strip() for name, value in details.items())


def _invalid(errors: list[str]) -> DeliveryError:
    fault = Fault("the event", "; ".join(errors), "an event of the Events API v2", "correct it")
    answer = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return DeliveryError(fault, answer=answer)
