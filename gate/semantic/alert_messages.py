"""What alerts say: messages of templates that there are, in a form that their reader shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import leaves, mapping, mappings, texts
from gate.semantic.alertmanager import config_of, defined, templates_of
from gate.semantic.event_inputs import input_of

_DEFINED = re.compile(r"\{\{-?\s*(?:define|block)\s+[\"`]([^\"`]+)[\"`]")
_CALLED = re.compile(r"\{\{-?\s*template\s+[\"`]([^\"`]+)[\"`]")
_ONLY_CALL = re.compile(r"\s*\{\{-?\s*template\s+[\"`]([^\"`]+)[\"`][^{}]*\}\}\s*")
_PIECE = re.compile(r"\{\{-?\s*(?P<word>\w+)?.*?\}\}", re.DOTALL)
_OPENING = ("if", "range", "with", "define", "block")
_TOPIC = "AWS::SNS::Topic"
_CHANNELS = (
    "AWS::Chatbot::SlackChannelConfiguration",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
)
_EXPECTED = 'JSON with "version": "1.0", "source": "custom" and content.description'


def called_templates_are_defined(assembly: Assembly) -> Iterable[Finding]:
    """A template that a message or another template calls is in one of the files."""
    for workspace in defined(assembly):
        files = list(templates_of(workspace).values())
        known = {name for content in files for name in _DEFINED.findall(content)}
        written = [value for _, value in leaves(config_of(workspace)) if isinstance(value, str)]
        called = {name for content in (*files, *written) for name in _CALLED.findall(content)}
        for name in sorted(called - known):
            if not _is_built_in(name):
                reason = (
                    f"a message calls the template {name!r}, which no file defines: the"
                    f" notification fails each time; defined are {', '.join(sorted(known))}"
                )
                yield workspace.finding("semantic.alert-template", reason)


def chats_show_alerts(assembly: Assembly) -> Iterable[Finding]:
    """What Alertmanager sends to a chat is a custom notification of the chat's service."""
    chats = _chats(assembly)
    for workspace in defined(assembly):
        bodies = _bodies(templates_of(workspace))
        for receiver in mappings(config_of(workspace), "receivers"):
            for item in mappings(receiver, "sns_configs"):
                if assembly.at(item.get("topic_arn"), _TOPIC) in chats:
                    for reason in _message_faults(item.get("message"), bodies):
                        where = f"the receiver {receiver.get('name')!r}"
                        yield workspace.finding("semantic.chat-message", f"{where}: {reason}")


def chats_show_events(assembly: Assembly) -> Iterable[Finding]:
    """So is what a rule makes of an event for a chat."""
    chats = _chats(assembly)
    for rule in assembly.resources("AWS::Events::Rule"):
        for target in mappings(rule.properties, "Targets"):
            body = input_of(target)
            if body is not None and assembly.at(target.get("Arn"), _TOPIC) in chats:
                for reason in _faults(body):
                    yield rule.finding("semantic.chat-message", reason)


def _is_built_in(name: str) -> bool:
    """Whether Alertmanager brings a template along."""
    return name.startswith("__") or ".default." in name


def _chats(assembly: Assembly) -> list[Resource | None]:
    """The topics that a chat shows."""
    named = [
        assembly.at(name, _TOPIC)
        for channel in assembly.resources(*_CHANNELS)
        for name in texts(channel.properties, "SnsTopicArns")
    ]
    return [topic for topic in named if topic is not None]


def _bodies(files: Mapping[str, str]) -> dict[str, str]:
    """What each template holds between its `define` and the `end` that closes it."""
    found: dict[str, str] = {}
    for content in files.values():
        for start in _DEFINED.finditer(content):
            opening = _PIECE.match(content, start.start())
            depth, begin = 1, opening.end() if opening else start.end()
            for piece in _PIECE.finditer(content, begin):
                depth += (piece["word"] in _OPENING) - (piece["word"] == "end")
                if depth == 0:
                    found[start[1]] = content[begin : piece.start()]
                    break
    return found


def _message_faults(message: object, bodies: Mapping[str, str]) -> Iterator[str]:
    """What a chat cannot show of a message; nothing where the message cannot be told."""
    written = message if isinstance(message, str) else ""
    call = _ONLY_CALL.fullmatch(written)
    if call is not None:
        if call[1] not in bodies and not _is_built_in(call[1]):
            return  # no file defines it, which is a finding already
        written = bodies.get(call[1], "")
    elif any(piece["word"] in (*_OPENING, "template") for piece in _PIECE.finditer(written)):
        return
    if "{" not in _PIECE.sub("", written):
        yield f"the message is plain text, which the chat does not show: expected {_EXPECTED}"
        return
    try:
        parsed = json.loads(_PIECE.sub("", written))
    except ValueError:
        return  # what the template makes of it is not known
    yield from _faults(mapping(parsed))


def _faults(message: Mapping[str, Any]) -> Iterator[str]:
    found = {key: message.get(key) for key in ("version", "source")}
    if found != {"version": "1.0", "source": "custom"}:
        yield f"the message has {found}, which the chat does not show: expected {_EXPECTED}"
    elif "description" not in mapping(message.get("content")):
        yield f"the message has no content.description: expected {_EXPECTED}"


RULES = (called_templates_are_defined, chats_show_alerts, chats_show_events)
