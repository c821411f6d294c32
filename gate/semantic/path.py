"""Paths of the states language: `$.run.uri`, `$$.Execution.Id`, `$.items[0]`."""

from __future__ import annotations

import re

_NAME = r"[^\s.\[\]()'\"$@?*,:]+"
_STEP = (
    rf"\.{_NAME}|\.\*|\.\.(?:{_NAME}|\*)|\[\s*(?:\d+|\*|'[^']*'|\"[^\"]*\"|-?\d*:-?\d*(?::-?\d+)?"
    r"|-\d+|\d+(?:\s*,\s*\d+)+)\s*\]|\[\s*\?\(.*?\)\s*\]|\[\s*\(.*?\)\s*\]"
)
_PATH = re.compile(rf"\$\$?(?:[A-Za-z_]\w*)?(?:{_STEP})*(?:\.length\(\))?")
_SIMPLE = re.compile(rf"\.({_NAME})|\[\s*(\d+)\s*\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
_CONTEXT = {
    "Execution": {"Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"},
    "State": {"EnteredTime", "Name", "RetryCount"},
    "StateMachine": {"Id", "Name"},
    "Task": {"Token"},
    "Map": {"Item"},
}


def is_path(value: str) -> bool:
    """Whether the text is meant as a path, and not as an intrinsic."""
    return value.startswith("$")


def fault_of_path(value: object) -> str | None:
    """Why a path cannot be read; None where it can.

    >>> fault_of_path("$.run..")
    'it cannot be read as a path'
    """
    if not isinstance(value, str) or not _PATH.fullmatch(value):
        return "it cannot be read as a path"
    if value.startswith("$$."):
        first, _, rest = value[3:].partition(".")
        known = _CONTEXT.get(first)
        if known is None:
            return f"the context has no {first!r}, expected one of {', '.join(_CONTEXT)}"
        second = re.split(r"[.\[]", rest)[0]
        if second and second not in known:
            return f"the context's {first} has no {second!r}"
    return None


def steps_of(path: str) -> list[str | int] | None:
    """The fields and indexes from the input on; None where the path chooses among several.

    >>> steps_of("$.runs[0].uri")
    ['runs', 0, 'uri']
    """
    if not re.match(r"\$(?:[.\[]|$)", path):
        return None
    rest, steps = path[1:], list[str | int]()
    while rest:
        found = _SIMPLE.match(rest)
        if found is None:
            return None
        name, index, single, double = found.groups()
        steps.append(int(index) if index else name or single or double or "")
        rest = rest[found.end() :]
    return steps
