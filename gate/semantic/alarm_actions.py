"""Alarms that are heard: every one has an action, or is part of something that has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, text, texts
from gate.semantic.alarm_metrics import ALARM, COMPOSITE

_ONLY_SHOWN_BY = ("AWS::CloudWatch::Dashboard",)
_PERMITTED_BY = "AWS::IAM::"
_TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?P<name>\"[^\"]+\"|'[^']+'|[^()\"']+?)\s*\)"
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE|\(|\)))"
)
_ARN = re.compile(r"arn:[a-z-]+:cloudwatch:[a-z0-9-]+:\d{12}:alarm:(.+)")


class RuleError(ValueError):
    """A composite alarm's rule that is not one."""


def alarms_have_actions(assembly: Assembly) -> Iterable[Finding]:
    """An alarm tells somebody, or is what another resource decides by."""
    rest = list(_others(assembly))
    for alarm in assembly.resources(ALARM, COMPOSITE):
        properties = alarm.properties
        if properties.get("ActionsEnabled") in (False, "false"):
            yield alarm.finding("semantic.alarm-silent", "its actions are switched off")
        told = texts(properties.get("AlarmActions")) or texts(
            properties.get("InsufficientDataActions")
        )
        if not told and not _is_used(alarm, assembly, rest):
            reason = "it has no action, and nothing else looks at it: add AlarmActions"
            yield alarm.finding("semantic.alarm-silent", reason)


def composites_are_rules_of_alarms(assembly: Assembly) -> Iterable[Finding]:
    """A composite's rule can be read, and the alarms that it names are there."""
    for alarm in assembly.resources(COMPOSITE):
        rule = text(alarm.properties.get("AlarmRule"))
        if not is_known(rule):
            continue
        try:
            names = alarms_of(rule)
        except RuleError as error:
            yield alarm.finding("semantic.composite-rule", f"{rule!r}: {error}")
            continue
        for name in names:
            if not _is_alarm(assembly, name):
                reason = f"the rule names {name!r}, which is no alarm of this assembly"
                yield alarm.finding("semantic.composite-alarm", reason)


def alarms_of(rule: str) -> list[str]:
    """The alarms that a composite's rule names; RuleError where it cannot be read.

    >>> alarms_of('ALARM("a") AND NOT OK(b)')
    ['a', 'b']
    """
    tokens = tokens_of(rule)
    rest = _expression(tokens)
    if rest:
        raise RuleError(f"nothing was expected after {' '.join(tokens[: -len(rest)])}")
    return [token.partition(":")[2] for token in tokens if ":" in token]


def tokens_of(rule: str) -> list[str]:
    """The words and brackets of a rule, and of its alarms `<state>:<name>`."""
    return list(_tokens(rule))


def _tokens(rule: str) -> Iterator[str]:
    position = 0
    while rule[position:].strip():
        found = _TOKEN.match(rule, position)
        if found is None:
            raise RuleError(
                f"{rule[position : position + 20]!r} is neither an alarm nor a word of it"
            )
        yield found["word"] or f"{found['state']}:{found['name'].strip(chr(34) + chr(39))}"
        position = found.end()


def _expression(tokens: list[str]) -> list[str]:
    rest = _term(tokens)
    while rest and rest[0] in ("AND", "OR"):
        rest = _term(rest[1:])
    return rest


def _term(tokens: list[str]) -> list[str]:
    """Reads one operand; returns the tokens behind it."""
    if not tokens:
        raise RuleError("an alarm was expected at the end")
    first, rest = tokens[0], tokens[1:]
    if first == "NOT":
        return _term(rest)
    if first == "(":
        rest = _expression(rest)
        if not rest or rest[0] != ")":
            raise RuleError("a closing bracket was expected")
        return rest[1:]
    if first in ("AND", "OR", ")"):
        raise RuleError(f"an alarm was expected before {first}")
    return rest


def _is_alarm(assembly: Assembly, name: str) -> bool:
    found = assembly.at(name)
    if found is not None:
        return found.type in (ALARM, COMPOSITE)
    plain = _ARN.fullmatch(name)
    known = {text(one.properties.get("AlarmName")) for one in assembly.resources(ALARM, COMPOSITE)}
    return (plain[1] if plain else name) in known


def _others(assembly: Assembly) -> Iterator[tuple[Resource, str]]:
    for resource in assembly.resources():
        if resource.type not in _ONLY_SHOWN_BY and not resource.type.startswith(_PERMITTED_BY):
            yield resource, json.dumps(resource.properties, default=str)


def _is_used(alarm: Resource, assembly: Assembly, others: list[tuple[Resource, str]]) -> bool:
    names = {text(alarm.properties.get("AlarmName"))} - {""}
    return any(
        resource is not alarm
        and (
            any(name in written for name in names)
            or any(assembly.at(name) is alarm for name in _names_in(written))
        )
        for resource, written in others
        if names or "larm" in written
    )


def _names_in(written: str) -> set[str]:
    """What may be the name or the ARN of an alarm in a written resource."""
    return set(re.findall(r"[A-Za-z0-9_:./-]{3,}", written))


RULES = (alarms_have_actions, composites_are_rules_of_alarms)
