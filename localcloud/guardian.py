"""Ends the process groups that a dead parent left behind; run as a script, one for each parent.

The parent holds the other end of standard input. A line `+ <group>` adds a process group, a line
`- <group>` forgets it. When the parent is gone, however it went, the kernel closes the pipe, and
every group still on the list is ended. (Linux's PR_SET_PDEATHSIG is no substitute: it fires when
the *thread* that started the child ends, does not reach grandchildren, and macOS has none.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable
from typing import TextIO

GRACE_SECONDS = 3.0
POLL_SECONDS = 0.05


def groups_left(lines: Iterable[str]) -> set[int]:
    """The groups that were added and never forgotten, once the lines end."""
    groups: set[int] = set()
    for line in lines:
        sign, _, number = line.strip().partition(" ")
        if sign == "+":
            groups.add(int(number))
        else:
            groups.discard(int(number))
    return groups


def end(groups: set[int], grace_seconds: float = GRACE_SECONDS) -> None:
    """Ask every group to end; kill what is still there when the grace is over."""
    alive = {group for group in groups if _signal(group, signal.SIGTERM)}
    deadline = time.monotonic() + grace_seconds
    while alive and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        alive = {group for group in alive if _signal(group, 0)}
    for group in alive:
        _signal(group, signal.SIGKILL)


def main(stream: TextIO) -> None:
    """Watch the stream to its end. Signals meant for the parent's terminal are not for us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    end(groups_left(stream))


def _signal(group: int, number: int) -> bool:
    """Send a signal to a group; False where no such group is left to receive it."""
    # macOS answers "not permitted" for a group that holds only zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main(sys.stdin)
