"""What is known of IAM's actions: which exist, and which can name a resource.

cfn-lint ships AWS's own list, so the gate needs no network for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from gate.wiring.glob import covers

_READING = (
    "batchcheck",
    "get",
    "list",
    "describe",
    "batchget",
    "head",
    "query",
    "scan",
    "select",
    "lookup",
)
_FEW = 8


@cache
def _services() -> Mapping[str, Any]:
    file = resources.files("cfnlint.data.AdditionalSpecs") / "Policies.json"
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def expanded(pattern: str) -> list[str]:
    """The known actions, in lower case, that a pattern such as `s3:Get*` stands for."""
    service, _, name = pattern.lower().partition(":")
    actions = _services().get(service, {}).get("Actions", {})
    return [f"{service}:{action}" for action in actions if covers(name, action)]


def is_wide(pattern: str) -> bool:
    """Whether a pattern stands for more than the variants of one action, or for reading.

    >>> is_wide("s3:*"), is_wide("*"), is_wide("s3:Put*")
    (True, True, True)
    >>> is_wide("s3:GetObject*"), is_wide("kms:ReEncrypt*"), is_wide("s3:PutObject")
    (False, False, False)
    """
    if not {"*", "?"} & set(pattern):
        return False
    if ":" not in pattern or "*" in pattern.partition(":")[0]:
        return True
    if pattern.partition(":")[2].strip("*?") == "":
        return True
    changing = [action for action in expanded(pattern) if not is_reading(action)]
    return len(changing) > _FEW


def is_reading(action: str) -> bool:
    """Whether an action only looks.

    >>> is_reading("s3:GetObject"), is_reading("ecr:PutImage")
    (True, False)
    """
    return action.lower().partition(":")[2].startswith(_READING)


def can_name_resources(action: str) -> bool:
    """Whether a statement could name what the action is done to. False for an unknown action."""
    return any(_resources(known) for known in expanded(action))


def _resources(action: str) -> list[str]:
    service, _, name = action.partition(":")
    found: list[str] = _services()[service]["Actions"][name].get("Resources", [])
    return found
