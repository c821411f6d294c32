"""What a rule's target is given instead of the event, as far as it is JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from gate.reading import is_given, mapping, text

# A text is matched first, so that a placeholder inside of one stays what it is.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|<([^<>"]+)>')


def input_of(target: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The object that a target is given; None where it is the event, a part of it or no object.

    What comes from the event stands as its path: `<$.time>`.

    >>> transformer = {"InputPathsMap": {"when": "$.time"}, "InputTemplate": '{"at":<when>}'}
    >>> input_of({"InputTransformer": transformer})
    {'at': '<$.time>'}
    """
    written = text(target, "Input")
    paths: Mapping[str, Any] = {}
    if is_given(target.get("InputTransformer")):
        written = text(target, "InputTransformer", "InputTemplate")
        paths = mapping(mapping(target["InputTransformer"]).get("InputPathsMap"))

    def filled(token: re.Match[str]) -> str:
        return token[0] if token[1] is None else json.dumps(f"<{paths.get(token[1], token[1])}>")

    try:
        found = json.loads(_TOKEN.sub(filled, written))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
