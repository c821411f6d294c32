"""Event patterns: matchers that EventBridge knows, of events that somebody sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import items, mapping, texts, within
from gate.semantic.asset_sources import AssetSources
from gate.semantic.aws_events import DETAILS, OF_TRAIL, SENT
from gate.semantic.policy_conditions import condition_values

_RULE = "AWS::Events::Rule"
_MATCHERS = {
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
}
_FIELDS = {
    "account",
    "detail",
    "detail-type",
    "id",
    "region",
    "resources",
    "source",
    "time",
    "version",
    "replay-name",
    "ingestion-time",
    "$or",
}
_ALMOST = 0.85
_COMPARISONS = ("=", ">", ">=", "<", "<=")
_PLAUSIBLE_SOURCE = re.compile(r"aws\.[a-z0-9-]+(\.[a-z0-9-]+)*")


def patterns_match_something(assembly: Assembly) -> Iterable[Finding]:
    """A pattern is made of matchers that there are, in fields that events have."""
    for rule, pattern in _patterns(assembly):
        for reason in (*_field_faults(pattern), *_matcher_faults(pattern, "")):
            yield rule.finding("semantic.event-pattern", reason)


def events_are_sent(assembly: Assembly) -> Iterable[Finding]:
    """Of AWS's events, the source sends the kind, with the details that are matched."""
    for rule, pattern in _patterns(assembly):
        for reason in (*_kind_faults(pattern), *_detail_faults(pattern)):
            yield rule.finding("semantic.event-unknown", reason)


def events_of_our_own_are_sent(assembly: Assembly) -> Iterable[Finding]:
    """A source that is almost one that some role may send as is that one, misspelt.

    So is a kind of event that is almost what the code of the assembly names.
    """
    sources = condition_values(assembly, "events:source")
    code = AssetSources(assembly)
    for rule, pattern in _patterns(assembly):
        for source in texts(pattern.get("source")):
            near = get_close_matches(source, sorted(sources), n=1, cutoff=_ALMOST)
            if near and source not in sources and not source.startswith("aws."):
                reason = f"nobody may send as {source!r}; was it {near[0]!r}?"
                yield rule.finding("semantic.event-source", reason)
        if sources.isdisjoint(texts(pattern.get("source"))):
            continue
        for kind in texts(pattern.get("detail-type")):
            near = get_close_matches(kind, sorted(code.texts), n=1, cutoff=_ALMOST)
            if near and kind not in code.texts:
                reason = f"no code of the assembly sends {kind!r}; was it {near[0]!r}?"
                yield rule.finding("semantic.event-unknown", reason)


def _patterns(assembly: Assembly) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    for rule in assembly.resources(_RULE):
        pattern = rule.properties.get("EventPattern")
        if isinstance(pattern, str):
            try:
                pattern = json.loads(pattern)
            except ValueError:
                continue  # CloudFormation's schema wants an object
        if isinstance(pattern, Mapping):
            yield rule, pattern


def _field_faults(pattern: Mapping[str, Any]) -> Iterator[str]:
    if not pattern:
        yield "the pattern is empty"
    for field in sorted(set(pattern) - _FIELDS):
        yield f"events have no field {field!r}, expected one of {', '.join(sorted(_FIELDS))}"


def _matcher_faults(pattern: object, where: str) -> Iterator[str]:
    if isinstance(pattern, Mapping):
        for field, value in pattern.items():
            inner = f"{where}.{field}".removeprefix(".")
            for option in items(value) if field == "$or" else [value]:
                yield from _matcher_faults(option, inner)
    elif isinstance(pattern, list):
        if not pattern:
            yield f"{where} is an empty list, which matches nothing"
        for value in pattern:
            if isinstance(value, Mapping):
                yield from _value_faults(value, where)
    else:
        yield f"{where} is {pattern!r}, expected a list of values or matchers"


def _value_faults(matcher: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, value in matcher.items():
        if name not in _MATCHERS:
            yield f"{where} matches by {name!r}, expected one of {', '.join(sorted(_MATCHERS))}"
        elif name == "exists" and not isinstance(value, bool):
            yield f"{where}: exists is {value!r}, expected true or false"
        elif name == "numeric" and not _is_comparison(value):
            yield f"{where}: numeric is {value!r}, expected pairs such as ['>', 5]"


def _is_comparison(value: object) -> bool:
    parts = items(value)
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    return len(parts) in (2, 4) and all(
        sign in _COMPARISONS and isinstance(number, int | float) for sign, number in pairs
    )


def _kind_faults(pattern: Mapping[str, Any]) -> Iterator[str]:
    kinds = texts(pattern.get("detail-type"))
    for source in texts(pattern.get("source")):
        if source.lower().startswith("aws") and not _PLAUSIBLE_SOURCE.fullmatch(source):
            yield f"no service sends as {source!r}, expected a source such as aws.sagemaker"
        near = get_close_matches(source, sorted(SENT), n=1, cutoff=_ALMOST)
        if source.startswith("aws.") and source not in SENT and near and _share(kinds, near[0]):
            yield f"no service sends as {source!r}; was it {near[0]!r}?"
    known = [source for source in texts(pattern.get("source")) if source in SENT]
    if known and len(known) == len(items(pattern.get("source"))):
        sent = set().union(*(SENT[source] for source in known)) | OF_TRAIL
        for kind in kinds:
            if kind not in sent:
                yield f"{', '.join(known)} sends no {kind!r}"


def _share(kinds: list[str], source: str) -> bool:
    return bool(set(kinds) & SENT[source])


def _detail_faults(pattern: Mapping[str, Any]) -> Iterator[str]:
    detail = mapping(pattern.get("detail"))
    for kind in texts(pattern.get("detail-type")):
        field, values = DETAILS.get(kind, ("", set()))
        for found in texts(within(detail, field)):
            if found not in values:
                expected = ", ".join(sorted(values))
                yield f"{kind!r} never has {field} {found!r}, expected one of {expected}"


RULES = (patterns_match_something, events_are_sent, events_of_our_own_are_sent)
