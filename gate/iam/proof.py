"""Least privilege, proven: what roles did is allowed, and what is allowed they did.

What they did was recorded on the laptop (`recorded.json`). What AWS does under their names besides
is either implied (encryption) or stands on a list with its reason (`allowed.yaml`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gate.assembly import Assembly
from gate.finding import Finding
from gate.iam import evidence, reasons
from gate.iam.documents import Stated
from gate.iam.encryption import implied, keys_of
from gate.iam.evidence import Call, Evidence
from gate.iam.granted import Role, is_about, roles_of
from gate.iam.reasons import Reason
from gate.wiring.glob import covers


@dataclass(frozen=True)
class Case:
    """One role, what it was seen to need, and the reasons that speak for more."""

    role: Role
    calls: frozenset[Call]
    reasons: tuple[Reason, ...]

    def findings(self) -> Iterator[Finding]:
        """All that is wrong with the role."""
        yield from self._denied()
        yield from self._missing()
        for statement in self.role.statements:
            yield from self._unused(statement)
        yield from self._unneeded()
        yield from self._unreasoned_policies()

    def is_enough(self, role: Role) -> bool:
        """Whether a changed role could still do all that is needed."""
        changed = Case(role, self.calls, self.reasons)
        return not [*changed._denied(), *changed._missing()]

    def _denied(self) -> Iterator[Finding]:
        for call in sorted(self.calls):
            if not self.role.may(call):
                yield self.role.resource.finding(
                    "iam.denied-call",
                    f"found the recorded call {call}, which no policy of the role allows; expected "
                    "it to be allowed; allow it, or record the calls anew",
                )

    def _missing(self) -> Iterator[Finding]:
        for reason in self.reasons:
            for action in reason.actions:
                if not self._has(action, reason.resource):
                    yield self.role.resource.finding(
                        "iam.missing-action",
                        f"found no {action}; expected it, for {reason.reason}; "
                        "allow it, or mend gate/iam/allowed.yaml",
                    )

    def _has(self, action: str, where: str) -> bool:
        return action in self.role.managed or any(
            covers(where, described)
            for stated in self.role.statements
            if stated.allows and action in stated.actions
            for described in _described(stated)
        )

    def _unused(self, stated: Stated) -> Iterator[Finding]:
        for action in stated.actions if stated.allows else ():
            if "*" in action:
                yield stated.owner.finding(
                    "iam.wildcard-action",
                    f"found {action}; expected the actions that are needed, by name; write them",
                )
            elif not self._is_reasoned(action):
                yield from self._unused_action(stated, action)

    def _unused_action(self, stated: Stated, action: str) -> Iterator[Finding]:
        for resource in stated.resources:
            narrowed = {**stated.statement, "Action": action, "Resource": resource}
            if not any(is_about(Stated(stated.owner, narrowed), call) for call in self.calls):
                yield stated.owner.finding(
                    "iam.unused-action",
                    f"found {action} on {resource} for {self.role.place}, which no test saw used; "
                    "expected only what is used; remove it, or give its reason in "
                    "gate/iam/allowed.yaml",
                )

    def _is_reasoned(self, action: str) -> bool:
        return any(action in reason.actions for reason in self.reasons)

    def _unneeded(self) -> Iterator[Finding]:
        for statement in self.role.statements:
            if self.is_enough(self.role.without(statement)) and self.is_enough(self.role):
                yield statement.owner.finding(
                    "iam.unneeded-statement",
                    f"found {', '.join(statement.actions[:3])} on "
                    f"{', '.join(statement.resources[:1])} for {self.role.place}, without which "
                    "all that it does is still allowed; expected each statement once; remove it",
                )

    def _unreasoned_policies(self) -> Iterator[Finding]:
        for policy in self.role.managed:
            if not self._is_reasoned(policy):
                yield self.role.resource.finding(
                    "iam.unused-action",
                    f"found AWS's policy {policy}; expected own statements, or its reason in "
                    "gate/iam/allowed.yaml",
                )


def _described(stated: Stated) -> Iterator[str]:
    """Each resource of a statement, with the statement's condition."""
    condition = f" where {json.dumps(stated.condition)}" if stated.condition else ""
    return (f"{resource}{condition}" for resource in stated.resources)


def scan(folder: Path) -> list[Finding]:
    """The proof for a stage of ours, of which `folder` holds the assembly and has the name."""
    assembly, stage = Assembly.read(folder), folder.name
    if roles_of(assembly, stage):
        return prove(assembly, stage)
    reason = f"found no role of a stage {stage}; expected its stacks; synthesise them into {folder}"
    return [Finding("iam.no-stage", stage, reason)]


def prove(
    assembly: Assembly,
    stage: str,
    recorded: Evidence | None = None,
    allowed: Sequence[Reason] | None = None,
) -> list[Finding]:
    """What contradicts least privilege in one stage of ours; by default, by the files kept here."""
    recorded = evidence.read() if recorded is None else recorded
    allowed = reasons.read() if allowed is None else allowed
    found = [
        finding for case in cases(assembly, stage, recorded, allowed) for finding in case.findings()
    ]
    return sorted(set(found))


def cases(
    assembly: Assembly, stage: str, recorded: Evidence, allowed: Iterable[Reason]
) -> list[Case]:
    """Every role of a stage, with what is known of it."""
    present = {resource.type for resource in assembly.resources()}
    counting = [reason for reason in allowed if not reason.when or reason.when in present]
    keys = keys_of(assembly, stage)
    return [_case(role, recorded, keys, counting) for role in roles_of(assembly, stage)]


def _case(
    role: Role, recorded: Evidence, keys: Mapping[str, str], allowed: Iterable[Reason]
) -> Case:
    calls = recorded.get(role.place, frozenset())
    about = tuple(reason for reason in allowed if reason.is_about(role.place, role.services))
    return Case(role, calls | implied(calls, keys), about)
