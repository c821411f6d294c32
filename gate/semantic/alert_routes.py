"""Alerts go where their severity asks for: the severer one wakes no fewer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import items, listed, mapping, mappings, text, texts
from gate.semantic.alertmanager import config_of, defined
from gate.semantic.prometheus_rules import NAMESPACE, rules_of

SEVERITY = "severity"
_MATCHER = re.compile(r"""\s*\{?\s*severity\s*(=~?)\s*["']?([^"'}]*?)["']?\s*\}?\s*""")
RANKS: Mapping[str, int] = {
    **dict.fromkeys(("info", "information", "notice", "debug", "low"), 1),
    **dict.fromkeys(("warning", "warn", "minor", "medium", "ticket"), 2),
    **dict.fromkeys(("error", "major", "high"), 3),
    **dict.fromkeys(("critical", "crit", "page", "fatal", "emergency", "urgent", "p1", "sev1"), 4),
}
_TARGETS = re.compile(r".+_configs")
_PAGER = "pagerduty_configs"
_TOLD = RANKS["warning"]
_ALMOST = 0.75
_INITIALS = 2


def severities_are_routed(assembly: Assembly) -> Iterable[Finding]:
    """No severity is left to a default that does not page, while one of its rank has a route."""
    for workspace in defined(assembly):
        config = config_of(workspace)
        pagers = _pagers(config)
        routes = [(word, name) for words, name in _routes(config) for word in words]
        routed = sorted({word for word, _ in routes})
        if text(config, "route", "receiver") in pagers:
            continue
        for severity in sorted(_given(assembly, workspace) - set(routed)):
            near = _nearly(severity, routed)
            alike = [
                word
                for word, name in routes
                if _TOLD <= rank_of(word) <= rank_of(severity)
                and (rank_of(word) == rank_of(severity) or name in pagers)
            ]
            if near or alike:
                reason = (
                    f"alerts of severity {severity!r} have no route, as {(near or alike)[0]!r} has,"
                    " and go to the default receiver: add a route, or mend the label"
                )
                yield workspace.finding("semantic.alert-route", reason)


def receivers_are_used(assembly: Assembly) -> Iterable[Finding]:
    """Some route leads to each receiver that would tell somebody."""
    for workspace in defined(assembly):
        config = config_of(workspace)
        used = {text(route, "receiver") for route in _all_routes(config.get("route"))}
        for receiver in mappings(config, "receivers"):
            name = text(receiver, "name")
            if name not in used and any(_TARGETS.fullmatch(key) for key in receiver):
                reason = f"no route leads to the receiver {name!r}: nobody there is ever told"
                yield workspace.finding("semantic.alert-route", reason)


def the_severer_pages(assembly: Assembly) -> Iterable[Finding]:
    """Where a severity pages, so does each that is severer."""
    for workspace in defined(assembly):
        config = config_of(workspace)
        pagers = _pagers(config)
        found = [(word, name) for words, name in _routes(config) for word in words]
        for severity, receiver in found:
            paging = [word for word, name in found if name in pagers]
            below = [word for word in paging if 0 < rank_of(word) < rank_of(severity)]
            if below and severity not in paging:
                reason = (
                    f"{below[0]!r} pages and {severity!r} goes to {receiver!r}, which does not:"
                    " route the severer one to the pager"
                )
                yield workspace.finding("semantic.alert-route", reason)


def _nearly(severity: str, routed: list[str]) -> list[str]:
    """A routed severity of which this one is a misspelling, or an abbreviation."""
    shortened = [word for word in routed if word.startswith(severity) and len(severity) > _INITIALS]
    return shortened[:1] or get_close_matches(severity, routed, n=1, cutoff=_ALMOST)


def _pagers(config: Mapping[str, Any]) -> set[str]:
    """The receivers that page somebody."""
    return {text(item, "name") for item in mappings(config, "receivers") if item.get(_PAGER)}


def _given(assembly: Assembly, workspace: Resource) -> set[str]:
    """The severities of the alerts that a workspace raises."""
    found: set[str] = set()
    for resource in assembly.resources(NAMESPACE):
        owner = assembly.at(resource.properties.get("Workspace"))
        if owner is workspace or owner is None:
            labels = [mapping(rule.get("labels")) for rule in rules_of(resource)]
            found.update(text(one, SEVERITY) for one in labels)
    return {word for word in found if word and "{{" not in word}


def _routes(config: Mapping[str, Any]) -> list[tuple[list[str], str]]:
    """The severities that routes name, with the receiver that they lead to."""
    found = []
    for route in _all_routes(config.get("route")):
        words = list(severities_of(route, ""))
        if words:
            found.append((words, text(route, "receiver")))
    return found


def _all_routes(route: object, above: str = "") -> Iterator[Mapping[str, Any]]:
    """A route and those below it, each with the receiver that it has or inherits."""
    if not isinstance(route, Mapping):
        return
    receiver = text(route, "receiver") or above
    yield {**route, "receiver": receiver}
    for inner in items(route.get("routes")):
        yield from _all_routes(inner, receiver)


def severities_of(holder: Mapping[str, Any], side: str) -> Iterator[str]:
    """The severities that matchers name, in either of the two ways to write them."""
    for written in texts(holder, f"{side}matchers"):
        if found := _MATCHER.fullmatch(written):
            yield from found[2].split("|") if found[1] == "=~" else [found[2]]
    old = partial(text, holder)
    yield from listed(old(f"{side}match", SEVERITY) or None)
    expression = old(f"{side}match_re", SEVERITY)
    yield from expression.split("|") if expression else ()


def rank_of(severity: str) -> int:
    """How severe a severity is; 0 where its word is not known."""
    return RANKS.get(severity, 0)


RULES = (
    severities_are_routed,
    receivers_are_used,
    the_severer_pages,
)
