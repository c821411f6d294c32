"""What the roles did in the loop is what the proof of least privilege stands on.

`RECORD_CALLS=1` writes `gate/iam/recorded.json` anew instead of comparing with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from gate.iam import evidence
from gate.iam.canonical import NAMED_BY_AWS, Names, short_name
from gate.iam.evidence import Evidence
from tests.functional.loop.conftest import World

STAGE = "local"
PREFIX = f"tidewatch-{STAGE}-"


def made(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every resource of the deployed stacks, with its stack's name without the stage."""
    client = world.cloud.client("cloudformation")
    for stack in client.describe_stacks()["Stacks"]:
        name = stack["StackName"]
        if name.startswith(PREFIX):
            pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
            for page in pages:
                for resource in page["StackResourceSummaries"]:
                    yield name.removeprefix(PREFIX), resource


def seen(world: World) -> tuple[Evidence, list[dict[str, Any]]]:
    """What the roles of the stacks did, and what they were denied."""
    resources = list(made(world))
    own = {
        f"{stack}.{resource['LogicalResourceId']}": short_name(resource["PhysicalResourceId"])
        for stack, resource in resources
        if resource["ResourceType"] in NAMED_BY_AWS
    }
    roles = {
        resource["PhysicalResourceId"]: f"{stack}/{resource['LogicalResourceId']}"
        for stack, resource in resources
        if resource["ResourceType"] == "AWS::IAM::Role"
    }
    settings = world.cloud.settings
    names = Names(settings.account, settings.region, STAGE, own)
    lines = world.calls.read_text(encoding="utf-8").splitlines()
    calls = [call for call in map(json.loads, lines) if call["role"] in roles]
    allowed = [_without_decision(call) for call in calls if call["decision"] == "Allow"]
    # A bucket's own policy is asked too, and need not allow what the role's does.
    denied = [call for call in map(_without_decision, calls) if call not in allowed]
    return evidence.gathered(lines, names, roles), denied


def _without_decision(call: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in call.items() if key != "decision"}


@pytest.fixture(scope="module")
def found(world: World) -> tuple[Evidence, list[dict[str, Any]]]:
    world.loop.report()
    return seen(world)


def test_no_role_was_denied_a_call(found: tuple[Evidence, list[dict[str, Any]]]) -> None:
    assert found[1] == []


def test_every_call_of_the_run_stands_in_the_evidence(
    found: tuple[Evidence, list[dict[str, Any]]],
) -> None:
    if os.environ.get("RECORD_CALLS"):
        evidence.write(found[0])
    known = evidence.read()
    new = {
        role: sorted(str(call) for call in calls - known.get(role, frozenset()))
        for role, calls in found[0].items()
    }
    assert {role: calls for role, calls in new.items() if calls} == {}, (
        "record the calls anew: RECORD_CALLS=1 pytest tests/functional/loop"
    )
