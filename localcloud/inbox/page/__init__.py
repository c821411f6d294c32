"""The inbox's page: rendered on the server, every value escaped, nothing loaded from elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from localcloud.inbox.message import CHANNELS, SEVERITIES
from localcloud.inbox.store import Kept

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
SHOWN = 200
CHANNEL_NAMES = {"email": "E-mail", "slack": "Slack", "pagerduty": "PagerDuty", "sns": "SNS"}


@dataclass(frozen=True)
class Filter:
    """Which messages to show; an empty field admits all."""

    channel: str = ""
    severity: str = ""
    after: int = 0

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Filter:
        """A filter from a query string; what it does not know narrows nothing."""
        channel, severity = query.get("channel", ""), query.get("severity", "")
        after = query.get("after", "")
        return cls(
            channel if channel in CHANNELS else "",
            severity if severity in SEVERITIES else "",
            int(after) if after.isdecimal() else 0,
        )

    def choose(self, messages: Iterable[Kept]) -> list[Kept]:
        """The messages that pass, in the same order."""
        return [
            kept
            for kept in messages
            if kept.id > self.after
            and self.channel in ("", kept.message.channel)
            and self.severity in ("", kept.message.severity)
        ]

    def link(self, **changes: str) -> str:
        """The page's address with another channel or severity."""
        wanted = {"channel": self.channel, "severity": self.severity, **changes}
        return "/?" + urlencode({key: value for key, value in wanted.items() if value})


def render(messages: list[Kept], chosen: Filter, reports: list[str]) -> str:
    """The whole page."""
    passing = chosen.choose(messages)
    template = _environment().get_template("inbox.html")
    return template.render(
        messages=passing[: -SHOWN - 1 : -1],
        hidden=max(0, len(passing) - SHOWN),
        total=len(messages),
        chosen=chosen,
        channels=_counts(CHANNELS, (kept.message.channel for kept in messages)),
        severities=_counts(SEVERITIES, (kept.message.severity for kept in messages)),
        names=CHANNEL_NAMES,
        reports=reports,
    )


def _counts(order: tuple[str, ...], found: Iterable[str]) -> list[tuple[str, int]]:
    counted = Counter(found)
    return [(name, counted[name]) for name in order]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["readable"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    environment.filters["day_and_time"] = lambda text: text[:19].replace("T", " ")
    environment.filters["resource"] = lambda arn: arn.rpartition(":")[2]
    return environment
