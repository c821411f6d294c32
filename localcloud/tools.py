"""The monitoring programs of the laptop: Prometheus and Alertmanager, with their checkers.

Taken from PATH; else from the distribution's packages, unpacked into `.tools/` without root.
`python -m localcloud.tools` finds (or fetches) them and prints where they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from localcloud import debian
from tidewatch.core.errors import Fault, TidewatchError

CACHE = Path(__file__).resolve().parent.parent / ".tools"
REMEDY = "`brew install prometheus alertmanager` on macOS, `apt install prometheus \
prometheus-alertmanager` on Debian and Ubuntu, then try again"

# Debian's Alertmanager opens its templates at this compiled-in place, and ends where there are
# none. Unpacked without root they are elsewhere: the copy reads them below its working folder,
# through a path of the same length.
TEMPLATES_COMPILED_IN = b"/usr/share/prometheus/alertmanager"
TEMPLATES_RELATIVE = b"./alertmanager".ljust(len(TEMPLATES_COMPILED_IN), b"/")
TEMPLATES_FOLDER = Path("usr/share/prometheus")
PATCHED = ".unpacked"


class ToolError(TidewatchError):
    """A program is neither installed nor to be had from the distribution's packages."""


@dataclass(frozen=True)
class Tool:
    """A program, the folder it has to run in (None: any), and flags it always needs."""

    program: Path
    folder: Path | None = None
    flags: tuple[str, ...] = ()

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs it."""
        return [str(self.program), *self.flags, *arguments]

    def run(self, *arguments: str) -> str:
        """Run it to its end and return what it said; ToolError with that where it fails."""
        done = subprocess.run(  # noqa: S603 - a program that this module found
            self.command(*arguments),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            words = f"{self.program.name} {' '.join(arguments)}"
            raise ToolError(Fault(words, done.stdout.strip(), "exit code 0", "see what it found"))
        return done.stdout


@dataclass(frozen=True)
class Tools:
    """The four programs, each ready to run."""

    prometheus: Tool
    promtool: Tool
    alertmanager: Tool
    amtool: Tool


def find(cache: Path = CACHE, path: str | None = None) -> Tools:
    """Find the programs on PATH, else fetch the packages that hold them. Fetches at most once."""
    path = os.environ.get("PATH", os.defpath) if path is None else path
    prometheus, promtool = _prometheus(cache, path)
    alertmanager, amtool = _alertmanager(cache, path)
    return Tools(prometheus, promtool, alertmanager, amtool)


def main() -> None:
    """Print what was found, one program a line."""
    try:
        tools = find()
    except ToolError as error:
        sys.exit(str(error))
    for tool in (tools.prometheus, tools.promtool, tools.alertmanager, tools.amtool):
        print(f"{tool.program.name:24} {tool.program}")


def _prometheus(cache: Path, path: str) -> tuple[Tool, Tool]:
    server, checker = (shutil.which(name, path=path) for name in ("prometheus", "promtool"))
    if server and checker:
        return Tool(Path(server)), Tool(Path(checker))
    root = _fetch("prometheus", ("prometheus", "promtool"), cache)
    # Debian's build reads its pages from the disk; other builds hold them, and know no such flag.
    assets = f"--web.local-assets={root / TEMPLATES_FOLDER / 'web'}/"
    return Tool(root / "usr/bin/prometheus", None, (assets,)), Tool(root / "usr/bin/promtool")


def _alertmanager(cache: Path, path: str) -> tuple[Tool, Tool]:
    names = ("prometheus-alertmanager", "alertmanager")
    server = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    checker = shutil.which("amtool", path=path)
    if server and checker:
        return Tool(Path(server)), Tool(Path(checker))
    root = _fetch("prometheus-alertmanager", ("prometheus-alertmanager", "amtool"), cache)
    folder = root / TEMPLATES_FOLDER
    return (
        Tool(_movable(root / "usr/bin/prometheus-alertmanager"), folder),
        Tool(_movable(root / "usr/bin/amtool"), folder),
    )


def _fetch(package: str, programs: tuple[str, ...], cache: Path) -> Path:
    if not debian.can_fetch():
        raise ToolError(Fault(package, "no such program on PATH", "it to be installed", REMEDY))
    try:
        return debian.unpacked(package, programs, cache)
    except debian.PackageError as error:
        remedy = f"{error.faults[0].remedy}, or {REMEDY}"
        found = f"{error.faults[0].where}: {error.faults[0].found}"
        raise ToolError(Fault(package, found, "the package", remedy)) from error


def _movable(program: Path) -> Path:
    """A copy of the program that finds its templates where they were unpacked to."""
    patched = program.with_name(program.name + PATCHED)
    if not patched.exists():
        draft = program.with_name(f"{program.name}.{os.getpid()}")
        draft.write_bytes(program.read_bytes().replace(TEMPLATES_COMPILED_IN, TEMPLATES_RELATIVE))
        draft.chmod(0o755)
        draft.rename(patched)
    return patched


if __name__ == "__main__":
    main()
