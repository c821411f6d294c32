"""bandit: Python that is dangerous, in our source and in the code that an assembly uploads."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gate.finding import Finding
from gate.source_files import of_assembly, of_project


def scan_project(project: Path) -> Iterable[Finding]:
    """What bandit says of the product's code; the tests are not shipped."""
    tests = project / "tests"
    files = [path for path in of_project(project) if tests not in path.parents]
    return _scan(project, files)


def scan_assembly(folder: Path) -> Iterable[Finding]:
    """What bandit says of the code in an assembly's assets."""
    return _scan(folder, of_assembly(folder))


def _scan(root: Path, files: Sequence[Path]) -> Iterator[Finding]:
    python = [str(path) for path in files if path.suffix == ".py"]
    if not python:
        return
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(  # noqa: S603 - the pinned scanner
            [
                *(sys.executable, "-m", "bandit", "--quiet", "--exit-zero"),
                *("--format", "json", "--output", report.name, *python),
            ],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found = json.loads(Path(report.name).read_text(encoding="utf-8"))
    for error in found["errors"]:
        yield Finding("bandit.unreadable", _below(root, error["filename"]), str(error["reason"]))
    for issue in found["results"]:
        yield Finding(
            f"bandit.{issue['test_id']}",
            _below(root, issue["filename"]),
            f"line {issue['line_number']}: {issue['issue_text']}",
        )


def _below(root: Path, name: str) -> str:
    path = Path(name)
    return str(path.relative_to(root)) if path.is_relative_to(root) else name
