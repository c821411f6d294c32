"""Findings that we live with, each for a reason: `acknowledged.yaml`, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from gate.finding import Finding
from tidewatch.core.errors import Fault, TidewatchError

CENTRAL = Path(__file__).with_name("acknowledged.yaml")
_KEYS = {"rule", "resource", "reason"}
_SHORTEST_REASON = 20


class AcknowledgementError(TidewatchError):
    """The list of acknowledgements is wrong."""


@dataclass(frozen=True)
class Acknowledgement:
    """Patterns of a rule and of resources; a star is any text, a star after a backslash itself."""

    rule: str
    resource: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is one of these."""
        return _matches(self.rule, finding.rule) and _matches(self.resource, finding.resource)


def read(path: Path = CENTRAL) -> list[Acknowledgement]:
    """The acknowledgements of a file; AcknowledgementError with every fault in it."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise AcknowledgementError(
            Fault(str(path), f"no YAML ({error})", "a list", "mend it")
        ) from error
    faults = [
        Fault(
            f"{path}: entry {number}",
            repr(row),
            f"rule, resource and a reason of {_SHORTEST_REASON} characters or more",
            "say why this finding may stay",
        )
        for number, row in enumerate(rows, start=1)
        if not _is_sound(row)
    ]
    if faults:
        raise AcknowledgementError(*faults)
    return [Acknowledgement(**row) for row in rows]


def unacknowledged(
    findings: Iterable[Finding], acknowledgements: Sequence[Acknowledgement]
) -> list[Finding]:
    """The findings that no acknowledgement covers, in order and each once."""
    return sorted(
        {found for found in findings if not any(known.covers(found) for known in acknowledgements)}
    )


def unused(
    findings: Sequence[Finding], acknowledgements: Iterable[Acknowledgement]
) -> list[Finding]:
    """A finding for each acknowledgement that covers nothing: it would hide the next fault."""
    return [
        Finding(
            "gate.acknowledgement-unused",
            str(CENTRAL.name),
            f"found {known.rule} on {known.resource}, which nothing reports; "
            "expected only what is needed; remove it",
        )
        for known in acknowledgements
        if not any(known.covers(finding) for finding in findings)
    ]


def _is_sound(row: object) -> bool:
    return (
        isinstance(row, dict)
        and set(row) == _KEYS
        and all(isinstance(value, str) for value in row.values())
        and len(row["reason"]) >= _SHORTEST_REASON
    )


def _matches(pattern: str, text: str) -> bool:
    parts = re.split(r"(\\\*|\*)", pattern)
    meaning = {"*": ".*", r"\*": r"\*"}
    return re.fullmatch("".join(meaning.get(p, re.escape(p)) for p in parts), text) is not None
