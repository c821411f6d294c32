"""Small assemblies for the rules: one template of a few resources, changed in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

from gate.assembly import Assembly, Rule

GONE = object()
"""As a new value: the key is removed."""

ODD: tuple[Any, ...] = (None, 5, "text", [], {}, [1, "a", None], {"detail": 5})
"""Values of types that nothing expects."""

Resources = dict[str, Any]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def changed(resources: Resources, path: str, value: Any) -> Resources:
    """A copy with another value at a path such as `Alarm.Dimensions[0].Name`."""
    first, *steps = (
        int(index) if index else name for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)
    )
    return with_change(resources, [first, "Properties", *steps], value)


def with_change(definition: Resources, path: Iterable[str | int], value: Any) -> Resources:
    """A copy of a definition with another value at a path of keys and indices."""
    copy = deepcopy(definition)
    *steps, last = path
    target: Any = copy
    for step in steps:
        target = target[step]
    if value is GONE:
        del target[last]
    else:
        target[last] = value
    return copy


def assembly_of(folder: Path, resources: Resources) -> Assembly:
    """The assembly of one stack."""
    template = {"Resources": resources}
    (folder / "stack.template.json").write_text(json.dumps(template), encoding="utf-8")
    return Assembly.read(folder)


def found(rules: Iterable[Rule], folder: Path, resources: Resources) -> list[str]:
    """The rules that find something, in their order, each once."""
    assembly = assembly_of(folder, resources)
    return list(dict.fromkeys(finding.rule for rule in rules for finding in rule(assembly)))
