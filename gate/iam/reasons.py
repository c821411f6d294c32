"""The list of what a role may do although no test saw it: each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gate.wiring.glob import covers

ALLOWED = Path(__file__).with_name("allowed.yaml")


@dataclass(frozen=True)
class Reason:
    """Roles that match one of `roles`, and that `service` assumes, need `actions` for `reason`.

    The laptop does not make these calls, so nothing else would notice their loss: a role that is
    meant and lacks one is a finding too. `resource` is a pattern of the resource that the actions
    must be allowed on, and of the statement's condition behind it. `when` names a resource type
    without which the entry does not count, such as a network's.
    """

    actions: tuple[str, ...]
    reason: str
    roles: tuple[str, ...] = ("*",)
    service: str = "*"
    resource: str = "*"
    when: str = ""

    def is_about(self, role: str, services: frozenset[str]) -> bool:
        """Whether a role is meant."""
        return any(covers(pattern, role) for pattern in self.roles) and (
            self.service == "*" or self.service in services
        )


def read(file: Path = ALLOWED) -> tuple[Reason, ...]:
    """The entries of the list."""
    entries: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(Reason(**_with_tuples(entry)) for entry in entries)


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
