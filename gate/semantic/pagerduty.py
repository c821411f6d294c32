"""Events that rules send to PagerDuty's Events API (v2): ones that it takes, and that it closes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_given, mapping, mappings, text
from gate.semantic.event_inputs import input_of

_DESTINATION, _CONNECTION = "AWS::Events::ApiDestination", "AWS::Events::Connection"
_API = re.compile(r"https://events(\.eu)?\.pagerduty\.com/v2/enqueue/?")
_BODY = ("AuthParameters", "InvocationHttpParameters", "BodyParameters")
_ACTIONS = ("trigger", "acknowledge", "resolve")
_SEVERITIES = ("critical", "error", "warning", "info")
_OF_PAYLOAD = ("summary", "source", "severity")
# Of these, each event has another.
_OF_ONE_EVENT = ("<$.time>", "<$.id>", "<aws.events.event.ingestion-time>")


@dataclass(frozen=True)
class _Call:
    """What a rule sends: its body together with what the connection adds."""

    rule: Resource
    body: Mapping[str, Any]

    @property
    def action(self) -> str:
        return text(self.body, "event_action")

    @property
    def key(self) -> object:
        return self.body.get("dedup_key")


def pages_are_taken(assembly: Assembly) -> Iterable[Finding]:
    """An event has the members that the API asks for."""
    for call in _calls(assembly):
        for reason in _faults(call):
            yield call.rule.finding("semantic.page", reason)


def incidents_are_closed(assembly: Assembly) -> Iterable[Finding]:
    """What resolves an incident names it by the key that it was opened with."""
    calls = list(_calls(assembly))
    opened = [call.key for call in calls if call.action == "trigger"]
    for call in calls:
        if call.key in _OF_ONE_EVENT:
            reason = f"dedup_key is {call.key}, another one of each event: name what it is about"
            yield call.rule.finding("semantic.page-key", reason)
        elif call.action in _ACTIONS[1:] and opened and call.key not in (*opened, None, ""):
            reason = (
                f"it sends {call.action} with the dedup_key {call.key!r}, and nothing opens an"
                " incident with it: the incident stays open; expected the key of the trigger"
            )
            yield call.rule.finding("semantic.page-key", reason)


def _calls(assembly: Assembly) -> Iterator[_Call]:
    for rule in assembly.resources("AWS::Events::Rule"):
        for target in mappings(rule.properties, "Targets"):
            destination = assembly.at(target.get("Arn"), _DESTINATION)
            if destination is None or not _API.fullmatch(
                text(destination.properties, "InvocationEndpoint")
            ):
                continue
            connection = assembly.at(destination.properties.get("ConnectionArn"), _CONNECTION)
            body = input_of(target)
            if connection is not None and body is not None:
                yield _Call(rule, {**body, **_added(connection)})


def _added(connection: Resource) -> Mapping[str, Any]:
    return {
        text(item, "Key"): item.get("Value") for item in mappings(connection.properties, *_BODY)
    }


def _faults(call: _Call) -> Iterator[str]:
    if not is_given(call.body.get("routing_key")):
        found = ", ".join(sorted(call.body))
        yield f"PagerDuty asks for routing_key in the body, which has {found}: it refuses the event"
    if call.action not in _ACTIONS and not call.action.startswith("<"):
        yield f"event_action is {call.action!r}, expected one of {', '.join(_ACTIONS)}"
    payload = mapping(call.body.get("payload"))
    if call.action == "trigger":
        for member in _OF_PAYLOAD:
            if not is_given(payload.get(member)):
                yield f"payload.{member} is missing, which PagerDuty asks of a trigger"
    elif call.action in _ACTIONS and not is_given(call.key):
        yield "dedup_key is missing: PagerDuty does not know which incident is meant"
    severity = text(payload, "severity")
    if severity and "<" not in severity and severity not in _SEVERITIES:
        yield f"payload.severity is {severity!r}, expected one of {', '.join(_SEVERITIES)}"


RULES = (pages_are_taken, incidents_are_closed)
