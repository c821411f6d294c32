"""Parts that a delivery must have."""

from __future__ import annotations

import json
from typing import Any

from localcloud.inbox.faults import DeliveryError
from tidewatch.core.errors import Fault


def json_object(body: bytes | str, where: str) -> dict[str, Any]:
    """The JSON object that a body is. DeliveryError where it is none."""
    try:
        document = json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DeliveryError(
            Fault(where, f"no JSON: {error}", "a JSON object", "send a JSON object")
        ) from None
    if not isinstance(document, dict):
        found = f"a JSON {type(document).__name__}"
        raise DeliveryError(Fault(where, found, "a JSON object", "send a JSON object"))
    return document


def text_field(delivery: dict[str, Any], name: str) -> str:
    """A field that must be a text, and not an empty one."""
    value = delivery.get(name)
    if not isinstance(value, str) or not value.strip():
        found = "nothing" if value is None else repr(value)
        raise DeliveryError(Fault(name, found, "a text that is not empty", f"send {name}"))
    return value
