"""Every rule of our own, run over one assembly."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from gate import assets, iam, posture, semantic, wiring
from gate.assembly import Assembly, Rule
from gate.finding import Finding

logger = logging.getLogger(__name__)


def references(assembly: Assembly) -> Iterable[Finding]:
    """Templates that are none, and references to nothing."""
    return assembly.faults


RULES: tuple[Rule, ...] = (
    references,
    *assets.RULES,
    *semantic.RULES,
    *wiring.RULES,
    *posture.RULES,
    *iam.RULES,
)


def scan(folder: Path) -> Iterator[Finding]:
    """What the rules find in the assembly of a folder."""
    return check(Assembly.read(folder))


def check(assembly: Assembly, rules: Iterable[Rule] = RULES) -> Iterator[Finding]:
    """What the rules find. A rule that fails is a finding: what it would have said is unknown."""
    for rule in rules:
        try:
            yield from list(rule(assembly))
        except Exception as error:  # the other rules must still run
            logger.exception("%s failed", rule)
            yield Finding(
                "gate.rule-failed",
                getattr(rule, "__name__", str(rule)),
                f"found {type(error).__name__}: {error}; expected a verdict; mend the rule",
            )
