"""Runs one check in a process of its own: `python -m gate.scan CHECK FOLDER`.

Its findings go to standard output as JSON; whatever else it says, to standard error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import astuple
from importlib import import_module
from pathlib import Path
from typing import cast

from gate.finding import Finding

# What needs only an assembly, the slowest first.
OF_ASSEMBLY: Mapping[str, str] = {
    "cdk-nag": "gate.scanners.cdk_nag:scan",
    "checkov": "gate.scanners.checkov:scan",
    "cfn-lint": "gate.scanners.cfn_lint:scan",
    "rules": "gate.rules:scan",
    "credentials": "gate.scanners.secrets:scan_assembly",
    "bandit": "gate.scanners.bandit:scan_assembly",
}
# What needs a stage of ours.
OF_STAGE: Mapping[str, str] = {"least-privilege": "gate.iam.proof:scan"}
OF_PROJECT: Mapping[str, str] = {
    "source-credentials": "gate.scanners.secrets:scan_project",
    "source-bandit": "gate.scanners.bandit:scan_project",
    "locks": "gate.locks:scan",
}
_LONGEST = 600


def run(check: str, folder: Path) -> list[Finding]:
    """What a check finds. A failure is a finding: what it would have said is unknown."""
    done = subprocess.run(  # noqa: S603 - this module
        [sys.executable, "-m", "gate.scan", check, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return [Finding(*row) for row in json.loads(done.stdout)]
    return [
        Finding(
            "gate.check-failed",
            f"{folder.name}/{check}",
            f"found exit code {done.returncode}; expected a verdict; it says: "
            f"{done.stderr.strip()[-_LONGEST:]}",
        )
    ]


def main(check: str, folder: str) -> None:
    """Print what one check finds."""
    module, _, function = {**OF_ASSEMBLY, **OF_STAGE, **OF_PROJECT}[check].partition(":")
    with redirect_stdout(sys.stderr):
        scan = cast("Callable[[Path], Iterable[Finding]]", getattr(import_module(module), function))
        found = sorted(set(scan(Path(folder))))
    json.dump([astuple(finding) for finding in found], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
