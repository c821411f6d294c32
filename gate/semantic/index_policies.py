"""Policies for the life of indices in OpenSearch, which a template hands to whoever puts them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import at, fields, leaves, mappings, text

# https://docs.opensearch.org/latest/im-plugin/ism/policies/, 2026-11.
_AGES = ("min_index_age", "min_rollover_age")
_SIZES = ("min_size", "min_primary_shard_size")
_AGE = re.compile(r"-1|0|\d+(?:d|h|m|s|ms|micros|nanos)")
_SIZE = re.compile(r"-1|0|\d+(?:\.\d+)?(?:b|kb|mb|gb|tb|pb)", re.IGNORECASE)


def policies_are_taken(assembly: Assembly) -> Iterator[Finding]:
    """Ages and sizes have units, and states lead to states that there are."""
    for resource in assembly.resources():
        for path, value in leaves(resource.properties):
            if isinstance(value, str) and '"states"' in value and '"default_state"' in value:
                for reason in _faults(_parsed(value)):
                    yield resource.finding(
                        "semantic.index-policy", f"{path}: {reason}: OpenSearch refuses the policy"
                    )


def _faults(document: Mapping[str, Any]) -> Iterator[str]:
    policy = at(document, "policy") or document
    for key, value in fields(policy):
        if key in _AGES and not _AGE.fullmatch(str(value)):
            yield f"{key} is {value!r}, which has no unit; write it as 30d"
        if key in _SIZES and not _SIZE.fullmatch(str(value)):
            yield f"{key} is {value!r}, which has no unit; write it as 50gb"
    states = mappings(policy, "states")
    known = {text(state, "name") for state in states}
    wanted = {text(policy, "default_state")} | {
        text(transition, "state_name")
        for state in states
        for transition in mappings(state, "transitions")
    }
    for name in sorted(wanted - known - {""}):
        yield f"there is no state {name!r}; name one of {', '.join(sorted(known))}"


def _parsed(text_: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text_)
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


RULES = (policies_are_taken,)
