"""cfn-lint: the schemas of every resource type, and the references inside a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cfnlint.api import ManualArgs, lint_file
from cfnlint.match import Match

from gate.finding import Finding
from gate.manifest import Source, find_templates


def scan(folder: Path) -> Iterable[Finding]:
    """What cfn-lint says of each template, errors and warnings."""
    for source in find_templates(folder):
        for match in lint_file(source.path, config=ManualArgs(regions=[source.region])):
            yield _finding(source, match)


def _finding(source: Source, match: Match) -> Finding:
    path = [str(part) for part in getattr(match, "path", None) or []]
    below = "/".join(path[2:]) or "template"
    return Finding(
        f"cfn-lint.{match.rule.id}",
        f"{source.stack}/{'/'.join(_owner(path))}",
        f"{below}: {match.message}",
    )


def _owner(path: list[str]) -> Iterator[str]:
    """The logical id that a path lies below; the section itself for all but resources."""
    if path[:1] == ["Resources"]:
        yield from path[1:2]
    else:
        yield from path[:2]
