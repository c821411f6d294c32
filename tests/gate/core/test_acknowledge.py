"""Acknowledgements: exact, reasoned, and no more than are needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate import acknowledge
from gate.acknowledge import Acknowledgement, AcknowledgementError
from gate.finding import Finding

STAR = Finding("nag.IAM5[Resource::*]", "prod-train/Role", "a star")
LOG = Finding("checkov.CKV_1", "prod-train/Log", "a log")
REASON = "the service names no resource of its own"


@pytest.mark.parametrize(
    ("rule", "resource", "covered"),
    [
        ("nag.IAM5[Resource::*]", "prod-train/Role", True),
        (r"nag.IAM5[Resource::\*]", "*/Role", True),
        (r"nag.IAM5[Resource::\*]", "*/Log", False),
        ("nag.IAM5", "*", False),
        ("*", "prod-*/Role", True),
        ("nag.IAM5[Action::*]", "*", False),
    ],
)
def test_a_pattern_covers_what_it_says(rule: str, resource: str, covered: bool) -> None:
    assert Acknowledgement(rule, resource, REASON).covers(STAR) is covered


def test_a_star_after_a_backslash_is_a_star_alone() -> None:
    exact = Acknowledgement(r"nag.IAM5[Resource::\*]", "*", REASON)
    assert not exact.covers(Finding("nag.IAM5[Resource::bucket/*]", "prod-train/Role", ""))


def test_findings_are_left_in_order_and_once() -> None:
    known = [Acknowledgement("checkov.*", "*", REASON)]
    assert acknowledge.unacknowledged([STAR, LOG, STAR], known) == [STAR]


def test_an_acknowledgement_that_covers_nothing_is_a_finding() -> None:
    needed, idle = Acknowledgement("nag.*", "*", REASON), Acknowledgement("old.*", "*", REASON)
    (found,) = acknowledge.unused([STAR], [needed, idle])
    assert found.rule == "gate.acknowledgement-unused"
    assert "old.*" in found.reason


def test_every_wrong_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(f"- {{rule: a, resource: b, reason: {REASON}}}\n- {{rule: a}}\n- 7\n")
    with pytest.raises(AcknowledgementError) as caught:
        acknowledge.read(path)
    assert [fault.where for fault in caught.value.faults] == [f"{path}: entry {n}" for n in (2, 3)]


def test_an_entry_needs_a_reason_that_says_something(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- {rule: a, resource: b, reason: noise}\n")
    with pytest.raises(AcknowledgementError):
        acknowledge.read(path)


def test_the_central_list_is_sound() -> None:
    assert acknowledge.read()
