"""Budgets count what they are meant to: tags are named as the service names them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import is_known, mapping, mappings, text, texts

_FILTER = re.compile(r"(?P<owner>user|aws):(?P<key>[^$]+)\$(?P<value>.*)")
_ALMOST = 0.85


def tag_filters_are_of_users_tags(assembly: Assembly) -> Iterable[Finding]:
    """A filter is `user:<key>$<value>`, of a key that resources are tagged with."""
    keys = set(_tagged(assembly))
    for budget in assembly.resources("AWS::Budgets::Budget"):
        for written in texts(budget.properties, "Budget", "CostFilters", "TagKeyValue"):
            if not is_known(written):
                continue
            found = _FILTER.fullmatch(written)
            if found is None:
                reason = f"the filter {written!r} counts nothing: expected user:<key>$<value>"
                yield budget.finding("semantic.budget-filter", reason)
            elif found["owner"] == "user" and found["key"] not in keys:
                near = get_close_matches(found["key"], sorted(keys), n=1, cutoff=_ALMOST)
                if near:
                    reason = f"nothing is tagged {found['key']!r}; was it {near[0]!r}?"
                    yield budget.finding("semantic.budget-filter", reason)


def _tagged(assembly: Assembly) -> Iterable[str]:
    for resource in assembly.resources():
        for field in ("Tags", "ResourceTags"):
            tags = resource.properties.get(field)
            # Some types write tags as pairs, others as a mapping.
            yield from (text(tag, "Key") for tag in mappings(tags) if "Key" in tag)
            yield from (key for key in mapping(tags) if key not in ("Key", "Value"))


RULES = (tag_filters_are_of_users_tags,)
