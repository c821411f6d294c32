from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.jobs.run import End, Ending, StopSignal, failure_reason, shortened, wait_for
from localcloud.processes import Process, spawn

Start = Callable[[str], Process]
SLEEP = "import time; time.sleep(300)"


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def run(program: str) -> Process:
        return spawn(
            [sys.executable, "-S", "-c", program],
            cwd=tmp_path,
            environment=dict(os.environ),
            log=tmp_path / "log",
        )

    return run


def test_the_end_comes_when_all_instances_have_finished(start: Start) -> None:
    both = [start("pass"), start("pass")]
    assert wait_for(both, StopSignal(), 30) == Ending(End.FINISHED)


def test_one_failure_ends_the_others(start: Start) -> None:
    both = [start(SLEEP), start("import sys; sys.exit(4)")]
    assert wait_for(both, StopSignal(), 30) == Ending(End.FAILED, instance=1, code=4)
    assert both[0].poll() is not None


def test_a_killed_instance_is_a_failure(start: Start) -> None:
    process = start(SLEEP)
    os.kill(process.pid, signal.SIGKILL)
    assert wait_for([process], StopSignal(), 30) == Ending(End.FAILED, code=-9)


def test_a_stop_ends_every_instance(start: Start) -> None:
    process, stop = start(SLEEP), StopSignal()
    stop.set()
    assert wait_for([process], stop, 30).end is End.STOPPED
    assert process.poll() is not None


def test_time_that_is_over_ends_every_instance(start: Start) -> None:
    process = start(SLEEP)
    assert wait_for([process], StopSignal(), 0.0).end is End.OUT_OF_TIME
    assert process.poll() is not None


def test_a_reason_keeps_the_start_of_what_was_said_and_the_end_of_a_log() -> None:
    ending = Ending(End.FAILED, code=2)
    said = failure_reason(ending, "s" * 2000 + "END", "the log")
    logged = failure_reason(ending, "", "START" + "l" * 2000)
    assert said.startswith("AlgorithmError: exit code: 2\nsss")
    assert "END" not in said
    assert "START" not in logged
    assert len(said) == len(logged) == 1024


def test_a_long_reason_keeps_its_start_and_its_end() -> None:
    reason = shortened("START" + "x" * 3000 + "END")
    assert len(reason) == 1024
    assert reason.startswith("STARTx")
    assert reason.endswith("xEND")
    assert shortened("short") == "short"


def test_a_signal_is_named() -> None:
    reason = failure_reason(Ending(End.FAILED, code=-9), "", "")
    assert reason == (
        "AlgorithmError: the program was killed by SIGKILL, exit code: 137\n"
        "the program wrote nothing"
    )
