"""Identities: no policy gives more than it must.

`RULES` hold for any assembly. `prove` holds the policies of our own stages against what the
functional tests recorded.
"""

from collections.abc import Iterator

from gate.assembly import Assembly
from gate.finding import Finding
from gate.iam import (
    escalation,
    federation,
    named_resources,
    open_resources,
    trust,
    vain_conditions,
    wide_statements,
)
from gate.iam.proof import prove

RULES = (
    *wide_statements.RULES,
    *escalation.RULES,
    *trust.RULES,
    *federation.RULES,
    *open_resources.RULES,
    *vain_conditions.RULES,
    *named_resources.RULES,
)


def check(assembly: Assembly) -> Iterator[Finding]:
    """What is wrong with the policies of any assembly."""
    for rule in RULES:
        yield from rule(assembly)


__all__ = ["RULES", "check", "prove"]
