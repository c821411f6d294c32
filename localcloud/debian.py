"""Programs from the distribution's packages (Debian, Ubuntu), unpacked without root.

apt works on lists and caches of its own, so the machine's own may be empty, stale or unreadable.
"""

from __future__ import annotations

import contextlib
import fcntl
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tidewatch.core.errors import Fault, TidewatchError

SECONDS = 300
PARTIAL = "partial-"
# What Debian took out of a program and put into packages of its own: scripts and fonts of pages.
PAGE_ASSETS = re.compile(r"(libjs|fonts|node)-[a-z0-9.+-]+")


class PackageError(TidewatchError):
    """A package cannot be had, or its download does not unpack."""


def can_fetch() -> bool:
    """True on a machine whose packages come from apt."""
    return all(shutil.which(program) for program in ("apt-get", "apt-cache", "dpkg"))


def unpacked(package: str, programs: tuple[str, ...], cache: Path) -> Path:
    """The root folder of the unpacked package, fetched where it is not in the cache yet.

    `programs` must be there at the end; one that the package lacks is looked for in a package of
    its own name. An interrupted fetch leaves nothing behind but a folder that the next one
    removes; of two at the same time, one fetches and one waits.
    """
    root = cache / package
    cache.mkdir(parents=True, exist_ok=True)
    with _lock(cache / f".{package}.lock"):
        if not root.exists():
            for leftover in cache.glob(f"{PARTIAL}{package}-*"):
                shutil.rmtree(leftover)
            partial = Path(tempfile.mkdtemp(prefix=f"{PARTIAL}{package}-", dir=cache))
            try:
                _fetch(package, programs, partial)
                (partial / "root").rename(root)
            finally:
                shutil.rmtree(partial)
    return root


def unpack(archives: list[Path], root: Path) -> None:
    """Unpack package files into a folder."""
    root.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        _run(["dpkg", "-x", str(archive), str(root)])


def _fetch(package: str, programs: tuple[str, ...], work: Path) -> None:
    apt = _PrivateApt(work)
    apt.update()
    root = work / "root"
    unpack(apt.download([package, *apt.page_assets(package)]), root)
    for program in programs:
        if not (root / "usr/bin" / program).exists():
            unpack(apt.download([program]), root)


class _PrivateApt:
    """apt with its own lists and cache, and the machine's own sources and keys."""

    def __init__(self, work: Path) -> None:
        self._downloads = work / "downloads"
        lists, cache = work / "lists", work / "cache"
        for folder in (self._downloads, lists / "partial", cache / "archives/partial"):
            folder.mkdir(parents=True)
        self._options = [
            f"--option=Dir::State::Lists={lists}",
            f"--option=Dir::Cache={cache}",
            "--option=Acquire::Languages=none",
            "--option=Acquire::Retries=3",
            "--option=Debug::NoLocking=1",
        ]

    def update(self) -> None:
        # One of the machine's other sources may be out of reach: what counts is the download.
        with contextlib.suppress(PackageError):
            self._apt("apt-get", "update")

    def page_assets(self, package: str) -> list[str]:
        """The packages that hold what the program's own web page loads."""
        answer = self._apt(
            "apt-cache",
            "depends",
            "--recurse",
            "--no-recommends",
            "--no-suggests",
            "--no-conflicts",
            "--no-breaks",
            "--no-replaces",
            "--no-enhances",
            package,
        )
        return sorted(name for name in set(answer.split()) if PAGE_ASSETS.fullmatch(name))

    def download(self, packages: list[str]) -> list[Path]:
        """The package files of exactly these packages."""
        before = set(self._downloads.iterdir())
        self._apt("apt-get", "download", *packages)
        return sorted(set(self._downloads.iterdir()) - before)

    def _apt(self, program: str, command: str, *arguments: str) -> str:
        return _run([program, *self._options, command, *arguments], cwd=self._downloads)


def _run(command: list[str], cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - apt and dpkg, from the list above
            command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except subprocess.CalledProcessError as failed:
        raise _refused(command, (failed.stderr or failed.stdout).strip()) from None
    except subprocess.TimeoutExpired:
        raise _refused(command, f"no end after {SECONDS} s") from None
    return done.stdout


def _refused(command: list[str], found: str) -> PackageError:
    words = [word for word in command if not word.startswith("--")]
    return PackageError(
        Fault(" ".join(words), found, "the package", "check the machine's package sources")
    )


@contextlib.contextmanager
def _lock(file: Path) -> Iterator[None]:
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
