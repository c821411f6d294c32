"""The commands' first step: what is missing is named, with the command that installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
ORDINARY = ("sh", "dirname", "uname", "git", "make")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The PATH of a machine with Python, Node.js 22, npm, git, make and uv, and nothing else."""
    for name in ORDINARY:
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    (tmp_path / "python3").symlink_to(sys.executable)
    program(tmp_path / "node", "echo v22.1.0")
    program(tmp_path / "npm", "")
    program(tmp_path / "uv", "")
    return tmp_path


def program(file: Path, content: str) -> None:
    file.unlink(missing_ok=True)
    file.write_text(f"#!/bin/sh\n{content}\n")
    file.chmod(0o755)


def check(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [str(REPOSITORY / "scripts/prerequisites.sh")],
        env={"PATH": str(machine), "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_that_has_all_passes_in_silence(machine: Path) -> None:
    done = check(machine)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "debian", "macos"),
    [
        ("python3", "sudo apt install python3 python3-venv", "brew install python@3.12"),
        ("node", "sudo npm install --global node@22", "brew install node"),
        ("npm", "sudo apt install npm", "brew install node"),
        ("git", "sudo apt install git", "xcode-select --install"),
        ("make", "sudo apt install make", "xcode-select --install"),
    ],
)
def test_what_is_missing_is_named_with_its_command(
    machine: Path, name: str, debian: str, macos: str
) -> None:
    (machine / name).unlink()
    done = check(machine)
    assert done.returncode == 1
    assert debian in done.stderr
    assert macos in done.stderr
    assert done.stderr.count("macOS:") == 1


def test_a_node_that_is_too_old_is_named_with_its_version(machine: Path) -> None:
    program(machine / "node", "echo v18.20.4")
    done = check(machine)
    assert done.returncode == 1
    assert "Node.js 20 or newer (found: v18.20.4)" in done.stderr


def test_a_python_that_is_too_old_is_named_with_its_version(machine: Path) -> None:
    program(machine / "python3", 'case "$1" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac')
    done = check(machine)
    assert done.returncode == 1
    assert "Python 3.11 or newer (found: Python 3.9.2)" in done.stderr


def test_a_newer_python_by_another_name_is_taken(machine: Path) -> None:
    (machine / "python3").rename(machine / "python3.11")
    program(machine / "python3", "exit 1")
    assert check(machine).returncode == 0


def test_a_python_without_venv_is_enough_only_beside_uv(machine: Path) -> None:
    python = f"""case "$2" in
*ensurepip*) exit 1 ;;
*_base_executable*) echo "$0" ;;
*) exec {sys.executable} "$@" ;;
esac"""
    program(machine / "python3", python)
    assert check(machine).returncode == 0
    (machine / "uv").unlink()
    done = check(machine)
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr


def test_everything_that_is_missing_is_named_at_once(machine: Path) -> None:
    for name in ("python3", "node", "git"):
        (machine / name).unlink()
    assert check(machine).stderr.count("macOS:") == 3
