"""What a rule's target is given: a template whose placeholders are all filled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gate.assembly import Assembly
from gate.finding import Finding
from gate.reading import at, mapping, mappings, text

_PLACEHOLDER = re.compile(r"<([\w.-]+)>")
# EventBridge fills these itself.
_PREDEFINED = "aws.events."


def placeholders_are_mapped(assembly: Assembly) -> Iterable[Finding]:
    """Each placeholder of an InputTemplate is a key of its InputPathsMap."""
    for rule in assembly.resources("AWS::Events::Rule"):
        for target in mappings(rule.properties, "Targets"):
            for name in sorted(_unmapped(mapping(target.get("InputTransformer")))):
                reason = (
                    f"the template of target {text(target, 'Id')!r} has <{name}>, which its"
                    " InputPathsMap has no path for: EventBridge refuses it; map it"
                )
                yield rule.finding("semantic.input-template", reason)


def _unmapped(transformer: Mapping[str, Any]) -> set[str]:
    named = set(_PLACEHOLDER.findall(text(transformer, "InputTemplate")))
    known = set(mapping(at(transformer, "InputPathsMap")))
    return {name for name in named - known if not name.startswith(_PREDEFINED)}


RULES = (placeholders_are_mapped,)
