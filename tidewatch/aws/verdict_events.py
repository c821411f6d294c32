"""Verdicts as events on the default bus: what retraining and other programs listen to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from tidewatch.aws.clients import aws_client
from tidewatch.core.errors import Fault, TidewatchError

_MAX_ENTRIES = 10
# An entry may have 256 KB; hundreds of reasons help nobody.
_MAX_REASONS = 50


class EventError(TidewatchError):
    """The bus did not take an event."""


@dataclass(frozen=True)
class Reason:
    """A metric that passed a limit; `threshold` is the limit that it passed."""

    metric: str
    feature: str
    value: float | None
    threshold: float


@dataclass(frozen=True)
class VerdictEvent:
    """The verdict of one unit on one variant in one window; times are ISO 8601."""

    unit: str
    model: str
    version: str
    variant: str
    verdict: str
    reasons: tuple[Reason, ...]
    start: str
    end: str


class VerdictBus(Protocol):
    """Where verdicts are announced."""

    def announce(self, events: Iterable[VerdictEvent]) -> None:
        """Puts each event; raises EventError where one was not taken."""


class EventBridge:
    """`VerdictBus` on EventBridge's default bus."""

    def __init__(self) -> None:
        self._events: Any = aws_client("events")

    def announce(self, events: Iterable[VerdictEvent]) -> None:
        """See `VerdictBus`."""
        entries = [_entry(event) for event in events]
        for first in range(0, len(entries), _MAX_ENTRIES):
            answer = self._events.put_events(Entries=entries[first : first + _MAX_ENTRIES])
            refused = [item for item in answer["Entries"] if "ErrorCode" in item]
            if refused:
                raise EventError(*(_refused(item) for item in refused))


def _entry(event: VerdictEvent) -> dict[str, str]:
    detail = {
        "model": event.model,
        "version": event.version,
        "variant": event.variant,
        "unit": event.unit,
        "verdict": event.verdict,
        "reasons": [vars(reason) for reason in event.reasons[:_MAX_REASONS]],
        "window": {"start": event.start, "end": event.end},
    }
    return {
        "Source": f"tidewatch.{event.unit}",
        "DetailType": "Tidewatch Verdict",
        "Detail": json.dumps(detail),
    }


def _refused(item: dict[str, str]) -> Fault:
    return Fault(
        where="EventBridge",
        found=f"{item['ErrorCode']}: {item.get('ErrorMessage', '')}",
        expected="the event to be taken",
        remedy="run the job again: the event is put again until it is taken",
    )
