"""An alert mutes those that it explains: not the severer ones, and not those of all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import mapping, mappings, texts
from gate.semantic.alert_routes import RANKS, SEVERITY, rank_of, severities_of
from gate.semantic.alertmanager import config_of, defined


def the_severer_mutes(assembly: Assembly) -> Iterable[Finding]:
    """An inhibition's source is at least as severe as what it mutes."""
    for workspace in defined(assembly):
        for rule in mappings(config_of(workspace), "inhibit_rules"):
            sources, targets = (list(severities_of(rule, side)) for side in ("source_", "target_"))
            ranked = [word for word in sources if word in RANKS]
            muted = [
                word
                for word in targets
                if ranked and all(rank_of(word) > rank_of(source) for source in ranked)
            ]
            if muted and len(ranked) == len(sources):
                reason = (
                    f"an alert of severity {ranked[0]!r} mutes one of {muted[0]!r}: the severer"
                    " one is never heard; exchange source and target"
                )
                yield workspace.finding("semantic.inhibition", reason)


def equals_keep_strangers_apart(assembly: Assembly) -> Iterable[Finding]:
    """An alert mutes those of its own model, job or instance, which `equal` says, not of all."""
    for workspace in defined(assembly):
        for rule in mappings(config_of(workspace), "inhibit_rules"):
            equal = texts(rule, "equal")
            named = {name for side in ("source_", "target_") for name in _labels(rule, side)}
            source = "".join(f"{name!r}" for name in sorted(set(severities_of(rule, "source_"))))
            if not equal and source and named == {SEVERITY}:
                reason = (
                    f"each alert of severity {source} mutes those of all others: name in 'equal'"
                    " the labels that say what an alert is about"
                )
                yield workspace.finding("semantic.inhibition", reason)


def _labels(rule: Mapping[str, Any], side: str) -> Iterator[str]:
    """The labels that the matchers of an inhibition's side name."""
    for written in texts(rule, f"{side}matchers"):
        yield written.strip(" {").partition("=")[0].strip(" !\"'")
    for old in ("match", "match_re"):
        yield from mapping(rule.get(f"{side}{old}"))


RULES = (the_severer_mutes, equals_keep_strangers_apart)
