"""What a composite alarm means: it is off while all is well, and can be on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known, text, texts
from gate.semantic.alarm_actions import RuleError, alarms_of, tokens_of
from gate.semantic.alarm_metrics import COMPOSITE

_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
_MOST_TRIED = 7


def composites_are_off_while_all_is_well(assembly: Assembly) -> Iterable[Finding]:
    """One that tells somebody is not on while each of its alarms is OK, and is on sometimes."""
    for alarm in assembly.resources(COMPOSITE):
        rule = text(alarm.properties, "AlarmRule")
        if not is_known(rule) or not texts(alarm.properties, "AlarmActions"):
            continue
        try:
            names, tokens = sorted(set(alarms_of(rule))), tokens_of(rule)
        except RuleError:
            continue  # has a rule of its own
        if names and _value(tokens, dict.fromkeys(names, "OK")):
            reason = "it is on while all its alarms are OK: ask for ALARM(…), not for OK(…)"
            yield alarm.finding("semantic.composite-well", reason)
        elif 0 < len(names) <= _MOST_TRIED and not _can_be_on(tokens, names):
            reason = f"no states of its alarms turn {rule!r} on: it never rings"
            yield alarm.finding("semantic.composite-well", reason)


def _can_be_on(tokens: list[str], names: list[str]) -> bool:
    return any(
        _value(tokens, dict(zip(names, states, strict=True)))
        for states in product(_STATES, repeat=len(names))
    )


def _value(tokens: list[str], states: Mapping[str, str]) -> bool:
    return _any(list(tokens), states)


def _any(rest: list[str], states: Mapping[str, str]) -> bool:
    """Reads what OR joins off the front of `rest`; AND binds closer."""
    value = _all(rest, states)
    while rest[:1] == ["OR"]:
        rest.pop(0)
        value = _all(rest, states) or value
    return value


def _all(rest: list[str], states: Mapping[str, str]) -> bool:
    value = _one(rest, states)
    while rest[:1] == ["AND"]:
        rest.pop(0)
        value = _one(rest, states) and value
    return value


def _one(rest: list[str], states: Mapping[str, str]) -> bool:
    token = rest.pop(0)
    if token == "NOT":  # noqa: S105 - a word of the rule
        return not _one(rest, states)
    if token == "(":  # noqa: S105 - a bracket
        value = _any(rest, states)
        rest.pop(0)
        return value
    state, _, name = token.partition(":")
    return states[name] == state if name else state == "TRUE"


RULES = (composites_are_off_while_all_is_well,)
