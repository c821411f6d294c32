"""The command: one line a finding, a summary, and an exit code that says which it was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gate.finding import Finding

SOUND = {
    "Resources": {
        "Group": {
            "Type": "AWS::Scheduler::ScheduleGroup",
            "Properties": {"Name": "reports"},
        }
    }
}


def gate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the command under test
        [sys.executable, "-m", "gate", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_sound_assembly_has_no_findings(tmp_path: Path) -> None:
    (tmp_path / "one.template.json").write_text(json.dumps(SOUND))
    done = gate(str(tmp_path))
    assert done.stdout.splitlines() == [f"gate: 0 findings in {tmp_path}; 0 acknowledged"]
    assert done.returncode == 0


def test_a_fault_is_one_line_and_exit_code_one(tmp_path: Path) -> None:
    group = {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": {"Ref": "Gone"}}}
    (tmp_path / "one.template.json").write_text(json.dumps({"Resources": {"Group": group}}))
    done = gate(str(tmp_path))
    *findings, summary = done.stdout.splitlines()
    assert done.returncode == 1
    assert any(
        line.startswith("template.reference  one/Group  found Ref of Gone") for line in findings
    )
    assert all(len(line.split("  ", 2)) == 3 for line in findings)
    assert summary.startswith(f"gate: {len(findings)} finding")
    assert "cfn-lint" in done.stderr


def test_a_template_that_nothing_can_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "one.template.json").write_text("{")
    done = gate(str(tmp_path))
    assert done.returncode == 1
    assert "template.unreadable  one  " in done.stdout


@pytest.mark.parametrize("arguments", [["{folder}/nowhere"], ["{folder}"], ["a", "b"]])
def test_a_gate_that_could_not_run_says_why_and_is_no_verdict(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = gate(*(argument.format(folder=tmp_path) for argument in arguments))
    assert done.returncode >= 64
    assert done.stdout == ""
    assert "expected" in done.stderr or "usage" in done.stderr


def test_a_finding_is_one_line_whatever_is_in_it() -> None:
    nasty = Finding("rule", "stack/id", "a\r\nb\x1b[31m\u2028c")
    assert str(nasty) == r"rule  stack/id  a\r\nb\x1b[31m\u2028c"
