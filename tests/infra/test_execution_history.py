"""Executions that wait end by their limit of time, long before that of their history."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk.assertions import Template

from gate.assembly import Assembly
from gate.posture.history import MOST_EVENTS, loops
from gate.semantic.state_machine import machines


@pytest.fixture(scope="module")
def events(assembly: Path, templates: dict[str, Template]) -> dict[str, float]:
    """How many events each loop leaves if what it waits for never comes."""
    assert templates  # their synthesis writes the assembly
    found = {}
    for machine in machines(Assembly.read(assembly)):
        longest = machine.definition["TimeoutSeconds"]
        name = machine.resource.logical_id.rstrip("0123456789ABCDEF")
        for loop in loops(machine):
            stack = machine.resource.stack.removeprefix("tidewatch-prod-")
            found[f"{stack}/{name}: {loop.wait}"] = loop.history(longest)
    return found


def test_every_loop_leaves_half_of_the_history_free(events: dict[str, float]) -> None:
    assert events == {
        "flights-serving/Machine: Wait for another change": 6480,
        "flights-serving/Machine: Wait for endpoint": 8640,
        "flights-serving/RollbackMachine: Wait for another change": 6480,
        "flights-serving/RollbackMachine: Wait for endpoint": 8640,
        "flights-training/Machine: Wait for turn": 5184,
    }
    assert max(events.values()) <= MOST_EVENTS / 2
