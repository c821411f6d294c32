"""`python -m gate.mutation`: plant every fault, see what finds it, write `docs/gate.md`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from gate import synthesis
from gate.finding import Finding
from gate.mutation import scanned, verdicts
from gate.mutation.catalogue import catalogue
from gate.mutation.mutant import Mutant, mutants
from gate.mutation.verdicts import Verdict
from gate.mutation.workbench import Workbench
from gate.report import progress
from gate.source_files import PROJECT

_WORK = PROJECT / ".gate" / "mutation"
_STAGES = ("prod", "dev", "local")
_WORKERS = 2
_GOAL = 0.97


def main(arguments: Sequence[str]) -> int:
    """Return 0 if the goal is reached and the clean templates are told nothing."""
    options = _parser().parse_args(arguments)
    assemblies = options.assembly or _synthesised()
    chosen = [item for name, item in catalogue().items() if options.only in name]
    planted, nowhere = mutants(chosen, assemblies)
    progress(f"{len(planted)} mutants, {len(nowhere)} faults that apply nowhere")
    noise, killed = _ruled(planted, assemblies)
    with tempfile.TemporaryDirectory() as folder:
        left = [mutant for mutant in planted if mutant.name not in killed]
        killed |= scanned.kill(left, assemblies, Path(folder))
    found = [
        Verdict(
            catalogue()[each.name], each, killed[each.name].rule if each.name in killed else None
        )
        for each in planted
    ]
    for verdict in found:
        if options.verbose or verdict.killer is None:
            progress(f"{verdict.mutation.name}: {verdict.killer or 'survived'}")
    progress(f"{verdicts.share_killed(found):.1%} found, {len(noise)} findings on clean templates")
    if options.write:
        verdicts.write(verdicts.report(found, len(noise), nowhere))
    return 0 if verdicts.share_killed(found) >= _GOAL and not noise else 1


def _ruled(
    planted: Sequence[Mutant], assemblies: Mapping[str, Path]
) -> tuple[set[Finding], dict[str, Finding]]:
    """What the rules say of the clean assemblies, and of each mutant that they find."""
    noise: set[Finding] = set()
    killed: dict[str, Finding] = {}
    shares = [
        (stage, [each for each in planted if each.stage == stage][start::_WORKERS])
        for stage in assemblies
        for start in range(_WORKERS)
    ]
    with ProcessPoolExecutor(_WORKERS) as pool:
        judge = partial(_judge, assemblies)
        for told, found in pool.map(judge, [share for share in shares if share[1]]):
            noise |= told
            killed |= found
    return noise, killed


def _judge(
    assemblies: Mapping[str, Path], share: tuple[str, Sequence[Mutant]]
) -> tuple[set[Finding], dict[str, Finding]]:
    stage, planted = share
    killed = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(assemblies[stage], Path(folder) / stage)
        for mutant in planted:
            found = bench.kill(mutant)
            if found is not None:
                killed[mutant.name] = found
            progress(f"{mutant.name}: {found.rule if found else 'for the scanners'}")
        return bench.noise, killed


def _synthesised() -> dict[str, Path]:
    found = {}
    for stage in _STAGES:
        fault = synthesis.synthesise(stage, _WORK / stage, 1)
        if fault is not None:
            sys.exit(str(fault))
        found[stage] = _WORK / stage
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gate.mutation", description=__doc__)
    parser.add_argument("--only", default="", help="plant the faults with this in their names")
    parser.add_argument("--verbose", action="store_true", help="say what became of each")
    parser.add_argument("--write", action="store_true", help="write the report to docs/gate.md")
    parser.add_argument(
        "--assembly",
        action=_Assemblies,
        metavar="STAGE=FOLDER",
        help="plant into this assembly instead of synthesising; may be repeated",
    )
    return parser


class _Assemblies(argparse.Action):
    """Collects STAGE=FOLDER into a mapping."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        stage, _, folder = str(values).partition("=")
        if not folder:
            parser.error(f"{option_string}: expected STAGE=FOLDER")
        setattr(
            namespace, self.dest, {**(getattr(namespace, self.dest) or {}), stage: Path(folder)}
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
