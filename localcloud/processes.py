"""Child processes that never outlive their parent.

Each child is the leader of its own session and process group, and is ended with its whole group:
as in a container, nothing survives the first process. A parent that dies, even by `kill -9`, takes
its children along (see `localcloud.guardian`).
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from localcloud import guardian
from tidewatch.core.errors import Fault, TidewatchError

GRACE_SECONDS = 5.0
TAIL_CHARS = 2000
POLL_SECONDS = 0.05

# Standard input is the guardian's pipe until the program starts: the child itself puts its group
# on the guardian's list, so there is no moment at which the parent's death could be missed.
REGISTER_THEN_RUN = 'echo "+ $$" >&0 && exec "$@" </dev/null'


class ProcessError(TidewatchError):
    """A process could not be started, died early, or did not become ready."""


class Process:
    """A running child with its group and its log. Made by `spawn`."""

    def __init__(self, popen: subprocess.Popen[bytes], command: list[str], log: Path) -> None:
        self._popen = popen
        self.command = command
        self.log = log

    @property
    def pid(self) -> int:
        """The id of the process, which is also the id of its group."""
        return self._popen.pid

    def poll(self) -> int | None:
        """The exit code, or None while the process runs."""
        running = self._popen.returncode is None
        code = self._popen.poll()
        if running and code is not None:
            self._end_group()
        return code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code; TimeoutError when it does not come."""
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.command[0]} still runs after {timeout} s") from None
        self._end_group()
        return self._popen.returncode

    def terminate(self, grace_seconds: float = GRACE_SECONDS) -> int:
        """End the whole group: SIGTERM, and SIGKILL when the grace is over. Safe to call again."""
        if self._popen.poll() is None:
            _signal_group(self.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(grace_seconds)
        self._end_group()
        return self._popen.wait()

    def tail(self, n_chars: int = TAIL_CHARS) -> str:
        """The last characters of the log."""
        return tail(self.log, n_chars)

    def _end_group(self) -> None:
        _signal_group(self.pid, signal.SIGKILL)
        _guard().forget(self.pid)


def spawn(command: list[str], *, cwd: Path, environment: dict[str, str], log: Path) -> Process:
    """Start a command in its own process group, with exactly this environment.

    Output and errors are appended to `log`. Safe to call from any thread. ProcessError where the
    program or the folder does not exist.
    """
    program = _find_program(command[0], cwd, environment)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        popen = subprocess.Popen(  # noqa: S603 - the caller's own command, as a list
            ["/bin/sh", "-c", REGISTER_THEN_RUN, "sh", program, *command[1:]],
            cwd=cwd,
            env=environment,
            stdin=_guard().pipe,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Process(popen, command, log)


def wait_for_http(url: str, process: Process, timeout: float) -> None:
    """Return when the address answers 2xx.

    ProcessError, with the end of the log, as soon as the process has died or the time is over.
    """
    deadline = time.monotonic() + timeout
    while not _answers(url):
        code = process.poll()
        if code is not None:
            raise _not_ready(url, process, f"it ended with code {code}")
        if time.monotonic() > deadline:
            raise _not_ready(url, process, f"no answer within {timeout:g} s")
        time.sleep(POLL_SECONDS)


def tail(log: Path, n_chars: int = TAIL_CHARS) -> str:
    """The last characters of a text file; nothing where there is no file yet."""
    if not log.exists():
        return ""
    with log.open("rb") as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - 4 * n_chars))
        return stream.read().decode(errors="replace")[-n_chars:]


@dataclass(frozen=True)
class _Guard:
    """Our end of the pipe to this process's guardian."""

    pipe: int

    def forget(self, group: int) -> None:
        # A guardian that is gone has nothing left to forget.
        with contextlib.suppress(BrokenPipeError):
            os.write(self.pipe, f"- {group}\n".encode())


_guards: list[_Guard] = []
_guard_lock = threading.Lock()


def _guard() -> _Guard:
    with _guard_lock:
        if not _guards:
            _guards.append(_start_guard())
        return _guards[0]


def _start_guard() -> _Guard:
    theirs, ours = os.pipe()
    # Isolated and without site-packages: it starts in 20 ms and holds 9 MB. It outlives us.
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", guardian.__file__],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, theirs, 0)],
        setsid=True,
    )
    os.close(theirs)
    return _Guard(ours)


def _forget_guard_in_fork() -> None:
    """A forked copy of this process must not keep the parent's pipe open."""
    for guard in _guards:
        os.close(guard.pipe)
    _guards.clear()


os.register_at_fork(after_in_child=_forget_guard_in_fork)


def _find_program(name: str, cwd: Path, environment: dict[str, str]) -> str:
    if not cwd.is_dir():
        raise ProcessError(
            Fault(name, f"no folder {cwd}", "a folder to run in", "make the folder first")
        )
    looked_up = str(cwd / name) if "/" in name else name
    path = environment.get("PATH", os.defpath)
    program = shutil.which(looked_up, path=path)
    if program is None:
        raise ProcessError(
            Fault(name, f"no such program on {path}", "an executable file", "install it")
        )
    return program


def _signal_group(group: int, number: signal.Signals) -> None:
    # macOS answers "not permitted" for a group that holds only zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _answers(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", f"{parts.path or '/'}?{parts.query}")
        return connection.getresponse().status // 100 == 2  # noqa: PLR2004 - 2xx
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _not_ready(url: str, process: Process, found: str) -> ProcessError:
    return ProcessError(
        Fault(
            Path(process.command[0]).name,
            found,
            f"an answer on {url}",
            f"see {process.log}, which ends in:\n{process.tail()}",
        )
    )
