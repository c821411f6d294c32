"""Run the instances of a job to their end: all finished, one failed, stopped, or out of time."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from localcloud.processes import Process

POLL_SECONDS = 0.05
STOP_GRACE_SECONDS = 120.0
FAILURE_GRACE_SECONDS = 5.0
REASON_LENGTH = 1024


class End(Enum):
    """How the instances of a job came to their end."""

    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    OUT_OF_TIME = "out of time"


@dataclass(frozen=True)
class Ending:
    """The end of a job's instances; for a failure, the instance and its exit code."""

    end: End
    instance: int = 0
    code: int = 0


class StopSignal(threading.Event):
    """Asks a job to end; `grace_seconds` is what its program gets between SIGTERM and SIGKILL."""

    grace_seconds = STOP_GRACE_SECONDS


def wait_for(processes: Sequence[Process], stop: StopSignal, seconds: float) -> Ending:
    """Wait until every instance has ended; end the others when one fails or a stop is asked for."""
    deadline = time.monotonic() + seconds
    while True:
        codes = [process.poll() for process in processes]
        failed = next((number for number, code in enumerate(codes) if code), None)
        if stop.is_set():
            return _end_all(processes, Ending(End.STOPPED), stop.grace_seconds)
        if failed is not None:
            ending = Ending(End.FAILED, failed, codes[failed] or 0)
            return _end_all(processes, ending, FAILURE_GRACE_SECONDS)
        if None not in codes:
            return Ending(End.FINISHED)
        if time.monotonic() > deadline:
            return _end_all(processes, Ending(End.OUT_OF_TIME), STOP_GRACE_SECONDS)
        stop.wait(POLL_SECONDS)


def _end_all(processes: Sequence[Process], ending: Ending, grace: float) -> Ending:
    enders = [threading.Thread(target=process.terminate, args=(grace,)) for process in processes]
    for ender in enders:
        ender.start()
    for ender in enders:
        ender.join()
    return ending


def shortened(reason: str) -> str:
    """At most SageMaker's 1,024 characters: the start, and the end, where a log's last line is."""
    if len(reason) <= REASON_LENGTH:
        return reason
    start = reason[: REASON_LENGTH // 3]
    return f"{start} ... {reason[-(REASON_LENGTH - len(start) - 5) :]}"


def failure_reason(ending: Ending, said: str, log_tail: str) -> str:
    """The FailureReason of a failed program: what it said itself, else the end of its log.

    A message longer than SageMaker's 1,024 characters keeps its start and the log's end.
    """
    how = f"exit code: {ending.code}"
    if ending.code < 0:
        name = signal.Signals(-ending.code).name
        how = f"the program was killed by {name}, exit code: {128 - ending.code}"
    text = said.strip() or log_tail.strip() or "the program wrote nothing"
    start = f"AlgorithmError: {how}\n"
    room = REASON_LENGTH - len(start)
    return start + (text[:room] if said.strip() else text[-room:])
