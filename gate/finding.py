"""One thing that the gate found wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: a line of the report.

    `rule` is stable and dotted ("wiring.alarm-topic-key"), `resource` is "<stack>/<logical id>" or
    a file's path, `reason` says what was found, what was expected, and what to do.
    """

    rule: str
    resource: str
    reason: str

    def __str__(self) -> str:
        return "  ".join(_one_line(part) for part in (self.rule, self.resource, self.reason))


def _one_line(text: str) -> str:
    """`text` without a character that could break the line, or steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
