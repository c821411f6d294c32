"""checkov: security policies, in an environment of its own (`requirements/checkov.txt`)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gate.finding import Finding
from gate.manifest import Source, find_templates
from gate.reading import mapping
from tidewatch.core.errors import Fault, TidewatchError

PROGRAM = Path(__file__).parents[2] / ".tools" / "checkov" / "bin" / "checkov"


class CheckovError(TidewatchError):
    """checkov gave no verdict."""


def scan(folder: Path) -> Iterable[Finding]:
    """What checkov says of the templates, in one run."""
    sources = find_templates(folder)
    return _findings({source.path.resolve(): source for source in sources}, _run(sources))


def _run(sources: list[Source]) -> list[Mapping[str, Any]]:
    files = [argument for source in sources for argument in ("--file", str(source.path.resolve()))]
    done = subprocess.run(  # noqa: S603 - the pinned program of the project
        [
            *(str(PROGRAM), "--framework", "cloudformation", "--output", "json"),
            *("--compact", "--quiet", "--skip-download", "--soft-fail", *files),
        ],
        env={**os.environ, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        reports = json.loads(done.stdout)
    except ValueError as error:
        raise CheckovError(
            Fault(
                "checkov",
                f"exit code {done.returncode}, {done.stderr.strip()[-500:]}",
                "a report in JSON",
                "run it by hand",
            )
        ) from error
    return reports if isinstance(reports, list) else [reports]


def _findings(
    sources: Mapping[Path, Source], reports: Iterable[Mapping[str, Any]]
) -> Iterator[Finding]:
    for report in reports:
        results = mapping(report.get("results"))
        for failed in results.get("failed_checks", []):
            source = sources[Path(failed["file_abs_path"])]
            _, _, logical_id = str(failed["resource"]).partition(".")
            yield Finding(
                f"checkov.{failed['check_id']}",
                f"{source.stack}/{logical_id}",
                str(failed["check_name"]),
            )
        for path in results.get("parsing_errors", []):
            yield Finding(
                "checkov.unreadable",
                Path(path).name,
                "found a template that checkov cannot read; expected CloudFormation; mend it",
            )
