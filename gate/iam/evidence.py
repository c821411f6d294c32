"""The calls that roles were seen to make, as a small file that people can read and compare.

`recorded.json` is made anew by the functional tests:

    RECORD_CALLS=1 .venv/bin/python -m pytest tests/functional/loop
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.iam.canonical import Names, steady, steady_prefix

RECORDED = Path(__file__).with_name("recorded.json")
_PREFIX = "s3:prefix"
# The context that a policy of ours may ask for; the rest would only make the file longer.
_KEPT = (
    _PREFIX,
    "application-autoscaling:service-namespace",
    "cloudwatch:namespace",
    "events:source",
    "iam:passedtoservice",
)
_WHERE = " where "


@dataclass(frozen=True, order=True)
class Call:
    """An action on a resource, in the context that conditions may ask for."""

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.action} on {self.what}"

    @property
    def what(self) -> str:
        """The resource and the context, as one text."""
        conditions = [f"{_WHERE}{key}={value}" for key, value in self.context]
        return self.resource + "".join(conditions)

    @classmethod
    def parsed(cls, action: str, text: str) -> Call:
        """The call of `action` on `what`."""
        resource, *conditions = text.split(_WHERE)
        pairs = (condition.partition("=") for condition in conditions)
        return cls(action, resource, tuple((key, value) for key, _, value in pairs))


Evidence = Mapping[str, frozenset[Call]]
"""The calls of each role, by `<stack>/<logical id>`, the stack without its stage."""


def read(file: Path = RECORDED) -> Evidence:
    """The evidence in a file."""
    document: dict[str, dict[str, list[str]]] = json.loads(file.read_text(encoding="utf-8"))
    return {
        role: frozenset(
            Call.parsed(action, text) for action, texts in actions.items() for text in texts
        )
        for role, actions in document.items()
    }


def write(evidence: Evidence, file: Path = RECORDED) -> None:
    """Keep evidence, sorted, so that a change of it is a change of few lines."""
    document: dict[str, dict[str, list[str]]] = {}
    for role in sorted(evidence):
        actions: dict[str, list[str]] = defaultdict(list)
        for call in sorted(evidence[role]):
            actions[call.action].append(call.what)
        document[role] = dict(actions)
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def gathered(lines: Iterable[str], names: Names, roles: Mapping[str, str]) -> Evidence:
    """What the local cloud's log of calls tells; `roles` gives a role's name its place.

    Roles that no template made, such as the deployment's own, are left out.
    """
    found: dict[str, set[Call]] = defaultdict(set)
    for line in lines:
        call: dict[str, Any] = json.loads(line)
        if call["role"] in roles:
            found[roles[call["role"]]].add(_call(call, names))
    return {role: frozenset(calls) for role, calls in found.items()}


def _call(call: Mapping[str, Any], names: Names) -> Call:
    context = tuple(
        (key, _steady_value(key, names.removed_from(call["context"][key])))
        for key in _KEPT
        if key in call["context"]
    )
    return Call(call["action"], steady(names.removed_from(call["resource"])), context)


def _steady_value(key: str, value: str) -> str:
    return steady_prefix(value) if key == _PREFIX else value
