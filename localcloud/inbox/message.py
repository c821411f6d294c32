"""One message as the inbox keeps it, whatever channel it came by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

CHANNELS = ("email", "slack", "pagerduty", "sns")
SEVERITIES = ("critical", "error", "warning", "info", "ok")

# What alert titles say, the most severe first; a resolved alert is good news whatever it was.
SIGNS = (
    ("ok", re.compile(r"\b(resolved|white_check_mark|OK:)", re.IGNORECASE)),
    ("critical", re.compile(r"\b(critical|ALARM:)", re.IGNORECASE)),
    ("error", re.compile(r"\berror\b", re.IGNORECASE)),
    ("warning", re.compile(r"\bwarning\b", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Message:
    """What a person would have seen, and the delivery itself as it came (`raw`).

    `to` is the address, channel or service it went to; `source` what sent it (a topic, a host).
    """

    channel: str
    title: str
    text: str
    severity: str
    to: str
    source: str
    raw: Any = field(repr=False)


def severity_in(*texts: str) -> str:
    """The severity that the texts speak of; `info` where they speak of none."""
    joined = "\n".join(texts)
    for severity, sign in SIGNS:
        if sign.search(joined):
            return severity
    return "info"
