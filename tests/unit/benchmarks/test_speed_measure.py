from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.speed import measure as measuring
from benchmarks.speed.measure import measure

BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
HOLD = "import time; held = bytearray(60 << 20); time.sleep(0.5)"


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def in_a_child(program: str) -> list[str]:
    return python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}])")


@pytest.mark.parametrize("command", [python(BURN), in_a_child(BURN)])
def test_the_cpu_time_of_all_processes_counts(tmp_path: Path, command: list[str]) -> None:
    used = measure(command, folder=tmp_path)
    assert 0.3 <= used.cpu < 2
    assert used.exit_code == 0


def test_sleeping_takes_wall_time_and_no_cpu_time(tmp_path: Path) -> None:
    used = measure(python("import time; time.sleep(0.3)"), folder=tmp_path)
    assert used.wall >= 0.3
    assert used.cpu < 0.3


@pytest.mark.parametrize("command", [python(HOLD), in_a_child(HOLD)])
def test_the_memory_of_all_processes_counts(tmp_path: Path, command: list[str]) -> None:
    used = measure(command, folder=tmp_path, sample_every=0.01)
    assert used.tree_memory is not None
    assert 60 <= used.tree_memory < 150
    assert used.process_memory >= 60


def test_nothing_is_sampled_unless_asked(tmp_path: Path) -> None:
    assert measure(python("pass"), folder=tmp_path).tree_memory is None


def test_a_failure_says_its_last_line(tmp_path: Path) -> None:
    used = measure(python("raise ValueError('no such thing')"), folder=tmp_path)
    assert (used.exit_code, used.error) == (1, "ValueError: no such thing")


def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "LIMIT", 0.2)
    used = measure(python("import time; time.sleep(60)"), folder=tmp_path)
    assert used.wall < 30
    assert used.error == "took more than 0 s"


def test_what_is_printed_is_kept_where_asked(tmp_path: Path) -> None:
    measure(python("print('answer')"), folder=tmp_path, printed=tmp_path / "said")
    assert (tmp_path / "said").read_text() == "answer\n"
