"""What the gate prints: findings and a summary on standard output, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gate.finding import Finding


def progress(text: str) -> None:
    """Say what is going on."""
    print(text, file=sys.stderr, flush=True)


def show(findings: Sequence[Finding], acknowledged: int, scope: str) -> None:
    """Print a line a finding, and the summary."""
    for finding in findings:
        print(finding)
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    print(f"gate: {count} in {scope}; {acknowledged} acknowledged")
