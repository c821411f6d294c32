"""Run a command in a process of its own and measure what it took.

This module must stay light: on Linux a child starts with its parent's peak memory on its record.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

MEBIBYTE = 1 << 20
LIMIT = 900.0
"""Seconds after which a command is given up."""


@dataclass(frozen=True)
class Usage:
    """What one run took, the processes that it started included.

    `wall` and `cpu` (user and system) are seconds. `process_memory` is the peak resident set of
    its largest process, by the kernel's account, and `tree_memory` the largest sum of
    proportional set sizes that a sampler saw, both MiB; None where nothing was sampled.
    """

    wall: float
    cpu: float
    process_memory: float
    tree_memory: float | None
    exit_code: int
    error: str


class Sampler(threading.Thread):
    """Watches the memory of a process and its descendants, and keeps the peak in MiB.

    Pages that several processes share are counted once: proportional set sizes are added. Where
    the system has none (macOS), resident sets are, which counts shared pages several times.
    """

    def __init__(self, pid: int, interval: float) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self._pid = pid
        self._interval = interval
        self._ended = threading.Event()

    def run(self) -> None:
        """Sample until `end`."""
        while not self._ended.wait(self._interval):
            self.peak = max(self.peak, _tree(self._pid))

    def end(self) -> float:
        """Stop, and give the peak."""
        self._ended.set()
        self.join()
        return self.peak


def _tree(pid: int) -> float:
    try:
        root = psutil.Process(pid)
        return sum(_held(process.pid) for process in [root, *root.children(recursive=True)])
    except psutil.Error:
        return 0.0


def _held(pid: int) -> float:
    """What a process holds, in MiB; 0 where it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except FileNotFoundError:
        with contextlib.suppress(psutil.Error):
            return float(psutil.Process(pid).memory_info().rss) / MEBIBYTE
    except (ProcessLookupError, PermissionError):
        pass
    return 0.0


def measure(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    sample_every: float | None = None,
    printed: Path | None = None,
) -> Usage:
    """Run `command` from `folder`; sample its memory every so many seconds, or not at all.

    What it prints goes to the file `printed`, or nowhere.
    A sampler takes some of the processor that it watches, so that quick commands are timed
    without one.
    """
    log = folder / ".bench" / "last-error.txt"
    log.parent.mkdir(exist_ok=True)
    with (
        log.open("w+", encoding="utf-8", errors="replace") as errors,
        (printed or Path(os.devnull)).open("wb") as output,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        sampler = Sampler(process.pid, sample_every) if sample_every else None
        if sampler:
            sampler.start()
        watch = threading.Timer(LIMIT, _kill, [process.pid])
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        late = not watch.is_alive()
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read()
    return Usage(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        process_memory=used.ru_maxrss / (1024 if os.uname().sysname == "Linux" else MEBIBYTE),
        tree_memory=sampler.end() if sampler else None,
        exit_code=process.returncode,
        error=f"took more than {LIMIT:.0f} s" if late else _last_line(said),
    )


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    return last.replace(f"{Path.cwd()}/", "")
