"""Which actions IAM knows, from AWS's own list, which cfn-lint ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


def is_known(action: str) -> bool:
    """Whether there is such an action.

    >>> is_known("sagemaker:CreateModel"), is_known("sagemaker:MakeModel")
    (True, False)
    """
    service, _, name = action.lower().partition(":")
    return name in _services().get(service, {}).get("Actions", {})


@cache
def _services() -> Mapping[str, Any]:
    file = resources.files("cfnlint.data.AdditionalSpecs") / "Policies.json"
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
