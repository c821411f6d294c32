"""Children live in their own group and never outlive their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from localcloud.guardian import groups_left
from localcloud.ports import free_port
from localcloud.processes import Process, ProcessError, spawn, tail, wait_for_http

ENVIRONMENT = {"PATH": os.environ["PATH"]}
REPOSITORY = Path(__file__).parents[3]
# A leader that ignores SIGTERM and has a child of its own, both of which write their id.
STUBBORN = "trap '' TERM; sh -c 'echo $$ >grandchild; exec sleep 600' & echo $$ >leader; wait; wait"
PARENT = """
import sys, time
from pathlib import Path
from localcloud.processes import spawn
here = Path(sys.argv[1])
spawn(["sh", "-c", sys.argv[2]], cwd=here, environment={"PATH": sys.argv[3]}, log=here / "log")
time.sleep(600)
"""


def start(folder: Path, script: str) -> Process:
    return spawn(["sh", "-c", script], cwd=folder, environment=ENVIRONMENT, log=folder / "log.txt")


def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def process_id(file: Path) -> int:
    eventually(lambda: file.exists() and file.read_text().endswith("\n"))
    return int(file.read_text())


def is_alive(pid: int) -> bool:
    command = ["/bin/ps", "-o", "stat=", "-p", str(pid)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    state = answer.stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_a_child_has_exactly_the_given_environment_and_folder(tmp_path: Path) -> None:
    child = spawn(
        ["sh", "-c", "env; pwd"], cwd=tmp_path, environment={"A": "1"}, log=tmp_path / "l"
    )
    assert child.wait(30) == 0
    lines = child.tail().splitlines()
    assert "A=1" in lines
    assert str(tmp_path) in lines
    assert not any(line.startswith("HOME=") for line in lines)


def test_the_exit_code_of_the_program_is_the_exit_code_of_the_process(tmp_path: Path) -> None:
    child = start(tmp_path, "exit 7")
    assert child.wait(30) == 7
    assert child.poll() == 7


def test_a_child_reads_nothing_from_standard_input(tmp_path: Path) -> None:
    child = start(tmp_path, "cat; echo done")
    child.wait(30)
    assert child.tail() == "done\n"


def test_output_and_errors_are_appended_to_the_log(tmp_path: Path) -> None:
    start(tmp_path, "echo one").wait(30)
    child = start(tmp_path, "echo two >&2")
    child.wait(30)
    assert child.tail() == "one\ntwo\n"
    assert child.tail(4) == "two\n"


def test_waiting_for_a_process_that_runs_on_times_out(tmp_path: Path) -> None:
    child = start(tmp_path, "exec sleep 600")
    with pytest.raises(TimeoutError, match="still runs"):
        child.wait(0.01)
    child.terminate()


def test_termination_gives_the_program_time_to_end_by_itself(tmp_path: Path) -> None:
    child = start(
        tmp_path, "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
    )
    eventually(lambda: "ready" in child.tail())
    assert child.terminate(grace_seconds=30) == 3
    assert child.tail().endswith("bye\n")


def test_termination_kills_a_stubborn_group_to_the_last_grandchild(tmp_path: Path) -> None:
    child = start(tmp_path, STUBBORN)
    leader, grandchild = process_id(tmp_path / "leader"), process_id(tmp_path / "grandchild")
    assert child.pid == leader
    assert child.terminate(grace_seconds=0.1) == -signal.SIGKILL
    eventually(lambda: not is_alive(leader) and not is_alive(grandchild))


def test_termination_may_be_asked_for_twice(tmp_path: Path) -> None:
    child = start(tmp_path, "exec sleep 600")
    assert child.terminate() == child.terminate() == -signal.SIGTERM


def test_nothing_survives_the_first_process_of_a_group(tmp_path: Path) -> None:
    child = start(tmp_path, "sh -c 'echo $$ >grandchild; exec sleep 600' & sleep 0.3")
    grandchild = process_id(tmp_path / "grandchild")
    assert child.wait(30) == 0
    eventually(lambda: not is_alive(grandchild))


def test_children_of_a_killed_parent_end_with_their_group(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path), STUBBORN, os.environ["PATH"]]
    with subprocess.Popen(command, cwd=REPOSITORY) as parent:  # noqa: S603
        leader, grandchild = process_id(tmp_path / "leader"), process_id(tmp_path / "grandchild")
        parent.kill()
    eventually(lambda: not is_alive(leader) and not is_alive(grandchild))


def test_a_child_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    children: list[Process] = []
    thread = threading.Thread(target=lambda: children.append(start(tmp_path, "sleep 1; echo end")))
    thread.start()
    thread.join()
    assert children[0].wait(30) == 0
    assert children[0].tail() == "end\n"


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match="no-such-program: found no such program"):
        spawn(["no-such-program"], cwd=tmp_path, environment=ENVIRONMENT, log=tmp_path / "l")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match="nowhere"):
        spawn(["sh"], cwd=tmp_path / "nowhere", environment=ENVIRONMENT, log=tmp_path / "l")


def test_waiting_for_a_server_that_died_fails_at_once_with_its_last_words(tmp_path: Path) -> None:
    child = start(tmp_path, "echo no memory left; exit 4")
    with pytest.raises(ProcessError, match=r"(?s)ended with code 4.*no memory left"):
        wait_for_http(f"http://127.0.0.1:{free_port()}/", child, timeout=600)


def test_waiting_for_a_server_ends_when_the_time_is_over(tmp_path: Path) -> None:
    child = start(tmp_path, "exec sleep 600")
    with pytest.raises(ProcessError, match=r"no answer within 0\.1 s"):
        wait_for_http(f"http://127.0.0.1:{free_port()}/", child, timeout=0.1)
    child.terminate()


def test_waiting_for_a_server_returns_when_it_answers(tmp_path: Path) -> None:
    port = free_port()
    child = spawn(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        cwd=tmp_path,
        environment=ENVIRONMENT,
        log=tmp_path / "log.txt",
    )
    wait_for_http(f"http://127.0.0.1:{port}/", child, timeout=60)
    assert child.poll() is None
    child.terminate()


def test_the_tail_of_a_log_that_does_not_exist_yet_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "none.txt") == ""


def test_the_guardian_ends_what_was_added_and_not_forgotten() -> None:
    assert groups_left(["+ 10\n", "+ 11\n", "- 10\n", "- 99\n"]) == {11}
