"""Synthesises the stages of this project, as `cdk deploy` would, on a machine without Docker."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from gate.finding import Finding
from gate.source_files import PROJECT
from tidewatch.core.errors import Fault, TidewatchError

_STRICT = ("@aws-cdk/core:strictCfnValidateErrors", "@aws-cdk/core:validateAgainstDefaultRules")
_LONGEST = 2000
# How long the CDK took, and where in its own code, a temporary folder, a property was set: for
# people who look for a construct's origin, and no part of what is deployed.
_OF_THE_RUN = ("performance-counters.json", ".metadata.json")


class NoToolError(TidewatchError):
    """A program that the gate needs is not there."""


def stages(project: Path = PROJECT) -> list[str]:
    """The names of the stages that are configured."""
    return sorted(path.stem for path in (project / "config" / "stages").glob("*.yaml"))


def synthesise(stage: str, target: Path, seed: int) -> Finding | None:
    """Write a stage's assembly to `target`; a finding where the CDK refuses.

    `seed` is that of Python's hashes: an order that depends on it would show between two runs.
    """
    shutil.rmtree(target, ignore_errors=True)
    strict = [part for flag in _STRICT for part in ("--context", f"{flag}=true")]
    done = subprocess.run(  # noqa: S603 - the pinned CLI of the project
        [
            *(str(PROJECT / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", "--ci"),
            *("--no-notices", "--context", f"stage={stage}", *strict, "--output", str(target)),
        ],
        cwd=PROJECT,
        env=_environment(target, seed),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return None
    return Finding(
        "synth.failed",
        f"config/stages/{stage}.yaml",
        f"found exit code {done.returncode}; expected an assembly; "
        f"the CDK says: {done.stdout.strip()[-_LONGEST:]}",
    )


def differences(stage: str, first: Path, second: Path) -> Iterator[Finding]:
    """Files of two syntheses that are not the same byte for byte."""
    one, other = _digests(first), _digests(second)
    names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    # The templates say most; a differing asset shows in them.
    names.sort(key=lambda name: not name.endswith(".template.json"))
    if names:
        yield Finding(
            "synth.unstable",
            f"{stage}/{names[0]}",
            f"found {len(names)} files that differ between two syntheses, among them "
            f"{', '.join(names[:3])}; expected the same bytes; look for an unordered set, a clock, "
            "a path, or a source that changed meanwhile",
        )


def _environment(target: Path, seed: int) -> dict[str, str]:
    """A PATH that holds Python, Node.js and nothing else; no account."""
    node = shutil.which("node")
    if node is None:
        raise NoToolError(Fault("node", "no such program", "Node.js on PATH", "run `make install`"))
    programs = target.with_name(f"{target.name}.path")
    programs.mkdir(parents=True, exist_ok=True)
    link = programs / "node"
    link.unlink(missing_ok=True)
    link.symlink_to(node)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "CDK_"))}
    return kept | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(programs)]),
        "PYTHONHASHSEED": str(seed),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(_OF_THE_RUN)
    }
