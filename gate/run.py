"""Runs every check there is: on one assembly, or on this project and all its stages."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from gate import acknowledge, sbom, scan, synthesis
from gate.acknowledge import Acknowledgement
from gate.finding import Finding
from gate.manifest import find_templates
from gate.report import progress, show
from gate.scanners import checkov
from gate.source_files import PROJECT
from tidewatch.core.errors import Fault, TidewatchError

WORK = PROJECT / ".gate"
SBOM = WORK / "sbom.cdx.json"
_WORKERS = max(2, os.cpu_count() or 2)
# Two syntheses of each stage; that they hash alike must not be luck.
_SEEDS = (1, 2)


class NotReadyError(TidewatchError):
    """Something that the gate needs is not installed."""


def check_assembly(folder: Path) -> int:
    """Check one assembly, print what is wrong, and return how many findings there are."""
    _require_tools()
    find_templates(folder)
    known = acknowledge.read()
    with ThreadPoolExecutor(_WORKERS) as pool:
        found = _gather(_submit(pool, folder, scan.OF_ASSEMBLY))
    return _report(found, known, str(folder))


def check_project() -> int:
    """Synthesise and check every stage and the sources; return how many findings there are."""
    _require_tools()
    known = acknowledge.read()
    progress(f"{SBOM.relative_to(PROJECT)}: {sbom.write(SBOM)} packages")
    stages = synthesis.stages()
    with ThreadPoolExecutor(_WORKERS) as pool:
        synthesised = {
            stage: [
                pool.submit(synthesis.synthesise, stage, _folder(stage, seed), seed)
                for seed in _SEEDS
            ]
            for stage in stages
        }
        jobs = _submit(pool, PROJECT, scan.OF_PROJECT)
        found = []
        for stage, both in synthesised.items():
            failed = [fault for job in both if (fault := job.result()) is not None]
            progress(f"{stage}: synthesised twice")
            found += failed[:1]
            if not failed:
                found += synthesis.differences(stage, *(_folder(stage, seed) for seed in _SEEDS))
                jobs += _submit(
                    pool, _folder(stage, _SEEDS[0]), [*scan.OF_ASSEMBLY, *scan.OF_STAGE]
                )
        found += _gather(jobs)
    return _report([*found, *acknowledge.unused(found, known)], known, ", ".join(stages))


def _folder(stage: str, seed: int) -> Path:
    return WORK / stage if seed == _SEEDS[0] else WORK / f"{stage}.again"


def _submit(
    pool: ThreadPoolExecutor, folder: Path, checks: Iterable[str]
) -> list[Future[list[Finding]]]:
    return [pool.submit(_timed, check, folder) for check in checks]


def _timed(check: str, folder: Path) -> list[Finding]:
    started = time.monotonic()
    found = scan.run(check, folder)
    progress(f"{folder.name}: {check}, {time.monotonic() - started:.1f} s")
    return found


def _gather(jobs: Iterable[Future[list[Finding]]]) -> list[Finding]:
    return [finding for job in jobs for finding in job.result()]


def _report(found: Sequence[Finding], known: Sequence[Acknowledgement], scope: str) -> int:
    left = acknowledge.unacknowledged(found, known)
    show(left, len(set(found)) - len(left), scope)
    return len(left)


def _require_tools() -> None:
    missing = [path for path in _tools() if not path.exists()]
    if missing:
        raise NotReadyError(
            *(
                Fault(str(path), "no file", "an installed scanner", "run `make install`")
                for path in missing
            )
        )


def _tools() -> Iterator[Path]:
    yield checkov.PROGRAM
    yield PROJECT / "node_modules" / ".bin" / "cdk"
