"""A custom resource: the index template, and on a domain the policy that ends old indices."""

from __future__ import annotations

import json
from typing import Any

from lambdas.custom_resource import Properties, custom_resource
from lambdas.search_endpoint import SearchEndpoint

_TEMPLATE = "/_index_template/tidewatch-verdicts"
_POLICY = "/_plugins/_ism/policies/tidewatch-verdicts"
_NOT_FOUND = 404


def prepare(properties: Properties) -> None:
    """Put the template and, where there is one, the policy; both replace what was there."""
    search = SearchEndpoint.in_environment()
    search.ask("PUT", _TEMPLATE, properties["Template"].encode())
    if "Policy" in properties:
        _put_policy(search, properties["Policy"].encode())


def _put_policy(search: SearchEndpoint, policy: bytes) -> None:
    """A policy is replaced by whoever names the revision that they saw."""
    known = search.ask("GET", _POLICY, allowed=(_NOT_FOUND,))
    path = _POLICY
    if known.status != _NOT_FOUND:
        seen: dict[str, Any] = json.loads(known.text)
        path += f"?if_seq_no={seen['_seq_no']}&if_primary_term={seen['_primary_term']}"
    search.ask("PUT", path, policy)


handler = custom_resource(prepare)
