"""What became of each mutant, and the tables that say so in `docs/gate.md`."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gate.mutation.mutant import Mutant
from gate.mutation.mutation import Mutation
from gate.source_files import PROJECT

DOCUMENT = PROJECT / "docs" / "gate.md"
_START, _END = "<!-- mutation report: start -->", "<!-- mutation report: end -->"


@dataclass(frozen=True)
class Verdict:
    """`killer` is the rule that found the mutant, or None."""

    mutation: Mutation
    mutant: Mutant
    killer: str | None


def share_killed(verdicts: Sequence[Verdict]) -> float:
    """Of all mutants, those that were found."""
    return sum(1 for verdict in verdicts if verdict.killer) / len(verdicts)


def report(verdicts: Sequence[Verdict], noise: int, nowhere: Sequence[str]) -> str:
    """The report in Markdown."""
    return "\n".join(
        [
            _summary(verdicts, noise),
            "",
            *_by_kind(verdicts),
            "",
            "Mutants that nothing finds:",
            "",
            *_survivors(verdicts),
            "",
            f"Not planted, for want of a resource that they are about: {_list(nowhere)}.",
            "",
            "Which rule found how many (the first that was asked, where several would):",
            "",
            *_by_rule(verdicts),
            "",
            "<details><summary>Every mutant</summary>",
            "",
            *_all(verdicts),
            "",
            "</details>",
        ]
    )


def _summary(verdicts: Sequence[Verdict], noise: int) -> str:
    day = datetime.now(UTC).date().isoformat()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    killed = sum(1 for verdict in verdicts if verdict.killer)
    share = f"{killed} of {len(verdicts)} mutants found ({share_killed(verdicts):.1%})"
    run = f"`python -m gate.mutation --write`, {day}, {machine}."
    return f"{run}\n{share}; findings on clean templates: {noise}."


def write(text: str, document: Path = DOCUMENT) -> None:
    """Put the report between its marks in the document."""
    before, _, rest = document.read_text(encoding="utf-8").partition(_START)
    _, _, after = rest.partition(_END)
    document.write_text(f"{before}{_START}\n{text}\n{_END}{after}", encoding="utf-8")


def _by_kind(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| kind | mutants | found by our rules | by scanners | by none |"
    yield "|---|---|---|---|---|"
    for kind in sorted({verdict.mutation.kind for verdict in verdicts}):
        killers = [verdict.killer for verdict in verdicts if verdict.mutation.kind == kind]
        scanned = sum(1 for killer in killers if killer and _is_scanner(killer))
        survived = killers.count(None)
        ours = len(killers) - scanned - survived
        yield f"| {kind} | {len(killers)} | {ours} | {scanned} | {survived} |"


def _survivors(verdicts: Sequence[Verdict]) -> Iterator[str]:
    survivors = [verdict for verdict in verdicts if verdict.killer is None]
    for verdict in survivors:
        yield f"- `{verdict.mutation.name}`, in {_place(verdict.mutant)}: {verdict.mutation.fault}"
    if not survivors:
        yield "- none"


def _by_rule(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| rule | mutants |"
    yield "|---|---|"
    counted = Counter(verdict.killer for verdict in verdicts if verdict.killer)
    for rule, count in sorted(counted.items(), key=lambda item: (-item[1], str(item[0]))):
        yield f"| `{rule}` | {count} |"


def _all(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| kind | mutant | where | fault | found by |"
    yield "|---|---|---|---|---|"
    for verdict in verdicts:
        killer = f"`{verdict.killer}`" if verdict.killer else "nothing"
        yield (
            f"| {verdict.mutation.kind} | `{verdict.mutation.name}` | {_place(verdict.mutant)} "
            f"| {verdict.mutation.fault} | {killer} |"
        )


def _place(mutant: Mutant) -> str:
    return f"{mutant.stack}/{', '.join(mutant.resources) or 'template'}"


def _is_scanner(rule: str) -> bool:
    return rule.startswith(("cfn-lint.", "checkov.", "cdk-nag."))


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
