"""How OpenSearch keeps verdicts: strict fields, and an end."""

from __future__ import annotations

import json
from typing import Any

INDICES = "tidewatch-verdicts-*"
_KEYWORD = {"type": "keyword"}
_DATE = {"type": "date"}
_DOUBLE = {"type": "double"}


def index_template(replicas: int | None) -> str:
    """The template of all indices, as JSON; a field that it does not name is refused.

    `replicas` is None where OpenSearch itself decides (serverless).
    """
    settings = {} if replicas is None else {"number_of_shards": 1, "number_of_replicas": replicas}
    template = {"settings": settings, "mappings": _mappings()}
    return json.dumps({"index_patterns": [INDICES], "template": template}, sort_keys=True)


def lifecycle_policy(retention_days: int) -> str:
    """The Index State Management policy that deletes indices of that age, as JSON."""
    deletion = {"state_name": "deleted", "conditions": {"min_index_age": f"{retention_days}d"}}
    policy = {
        "description": "Verdicts are deleted when they are old",
        "default_state": "kept",
        "states": [
            {"name": "kept", "actions": [], "transitions": [deletion]},
            {"name": "deleted", "actions": [{"delete": {}}], "transitions": []},
        ],
        "ism_template": [{"index_patterns": [INDICES], "priority": 100}],
    }
    return json.dumps({"policy": policy}, sort_keys=True)


def _mappings() -> dict[str, Any]:
    reason = {"metric": _KEYWORD, "feature": _KEYWORD, "value": _DOUBLE, "threshold": _DOUBLE}
    return {
        "dynamic": "strict",
        "properties": {
            **dict.fromkeys(("@timestamp", "announced_at", "window_start", "window_end"), _DATE),
            **dict.fromkeys(("model", "version", "variant", "unit", "verdict"), _KEYWORD),
            "reasons": {"properties": reason},
        },
    }
