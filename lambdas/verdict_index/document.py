"""A verdict's event as a document of OpenSearch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tidewatch.core.errors import Fault, TidewatchError

_LONGEST_MESSAGE_SHOWN = 300


class MessageError(TidewatchError):
    """A message is no verdict's event."""


@dataclass(frozen=True)
class Document:
    """What is indexed: equal verdicts have equal ids, so that none is there twice."""

    index: str
    id: str
    source: dict[str, Any]


def read_message(message: str, body: str) -> Document:
    """The document of the message of an id; MessageError where its body is no verdict's event."""
    try:
        return document(json.loads(body))
    except (ValueError, KeyError, TypeError) as error:
        raise MessageError(
            Fault(
                where=f"message {message}",
                found=f"{type(error).__name__} {error} in {body[:_LONGEST_MESSAGE_SHOWN]}",
                expected='an event "Tidewatch Verdict" as JSON, with its time, window and verdict',
                remedy="mend what sent it; the message ends among the undelivered",
            )
        ) from error


def document(event: dict[str, Any]) -> Document:
    """The document of an EventBridge event "Tidewatch Verdict".

    An index holds what was announced in one month.
    """
    detail = event["detail"]
    content = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    announced = event["time"]
    return Document(
        index=f"tidewatch-verdicts-{datetime.fromisoformat(announced):%Y.%m}",
        id=hashlib.sha256(content.encode()).hexdigest(),
        source={
            "@timestamp": detail["window"]["end"],
            "announced_at": announced,
            "window_start": detail["window"]["start"],
            "window_end": detail["window"]["end"],
            **{name: detail[name] for name in ("model", "version", "variant", "unit", "verdict")},
            "reasons": detail["reasons"],
        },
    )
