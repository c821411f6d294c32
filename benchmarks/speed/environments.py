"""The peers' environments: each by its lock file, so that none drags another back."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from benchmarks.speed.datasets import BENCH, ROOT

OWN = ""
"""The name of the project's own environment, `.venv`."""


class EnvironmentFaultError(Exception):
    """An environment could not be built; the message says why."""


def python_of(name: str) -> Path:
    """The interpreter of a peer's environment, or of our own."""
    return BENCH / f"env-{name}" / "bin" / "python" if name else Path(sys.executable)


def build(name: str) -> None:
    """Install a peer's environment, unless it is there. Raises EnvironmentFaultError."""
    if name == OWN:
        return
    lock = ROOT / "benchmarks" / "requirements" / f"{name}.txt"
    digest = sha256(lock.read_bytes()).hexdigest()
    home = python_of(name).parents[1]
    stamp = home / ".lock"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
        return
    print(f"environment  {name}: installing …", flush=True)
    uv = _said([str(ROOT / "scripts" / "uv.sh")]).strip().splitlines()[-1]
    _said([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)])
    sync = [uv, "pip", "sync", "--quiet", "--python", str(python_of(name))]
    # Compiled at once: start-up is part of what is measured.
    _said([*sync, "--require-hashes", "--compile-bytecode", str(lock)])
    stamp.write_text(digest, encoding="ascii")


def versions(name: str, packages: tuple[str, ...]) -> dict[str, str]:
    """The installed versions of some packages; those that are absent are left out."""
    program = (
        "import sys; from importlib.metadata import version, PackageNotFoundError\n"
        "for name in sys.argv[1:]:\n"
        "    try: print(name, version(name))\n"
        "    except PackageNotFoundError: pass\n"
    )
    lines = _said([str(python_of(name)), "-c", program, *packages]).splitlines()
    return dict(line.split(" ", 1) for line in lines)


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            command, cwd=ROOT, check=True, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise EnvironmentFaultError(f"{command[0]}: not there") from error
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if line.strip()]
        raise EnvironmentFaultError(lines[0] if lines else f"{command[0]} failed") from error
    return done.stdout
