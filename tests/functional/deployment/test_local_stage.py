"""The local stage comes, changes and goes, by the stock CLI alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.background_cloud import BackgroundCloud
from demo.deployment import deploy, run_cdk
from demo.places import Places

PROJECT = Path(__file__).resolve().parents[3]
STAGE = "tidewatch-local/*"
# What `cdk bootstrap` makes is the account's, not the stage's.
BOOTSTRAP = "CDKToolkit"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(PROJECT, tmp_path / "demo")


@pytest.fixture
def cloud(places: Places) -> Iterator[BackgroundCloud]:
    yield BackgroundCloud.start(places)
    BackgroundCloud.stop(places)


def stacks(cloud: BackgroundCloud) -> dict[str, str]:
    """The status of each stack that is there."""
    pages = cloud.client("cloudformation").get_paginator("list_stacks").paginate()
    return {
        item["StackName"]: item["StackStatus"]
        for page in pages
        for item in page["StackSummaries"]
        if item["StackStatus"] != "DELETE_COMPLETE" and item["StackName"] != BOOTSTRAP
    }


def outputs(cloud: BackgroundCloud, stack: str) -> dict[str, str]:
    (found,) = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {item["OutputKey"]: item["OutputValue"] for item in found["Outputs"]}


def definition(cloud: BackgroundCloud, machine: str) -> str:
    found = cloud.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    return str(found["definition"])


def left(cloud: BackgroundCloud) -> dict[str, list[str]]:
    """Names of what the stage's stacks had made and is still there."""
    topics = cloud.client("sns").list_topics()["Topics"]
    found = {
        "buckets": [item["Name"] for item in cloud.client("s3").list_buckets()["Buckets"]],
        "functions": [
            item["FunctionName"] for item in cloud.client("lambda").list_functions()["Functions"]
        ],
        "machines": [
            item["name"]
            for item in cloud.client("stepfunctions").list_state_machines()["stateMachines"]
        ],
        "queues": cloud.client("sqs").list_queues().get("QueueUrls", []),
        "roles": [item["RoleName"] for item in cloud.client("iam").list_roles()["Roles"]],
        "topics": [item["TopicArn"] for item in topics],
    }
    return {
        kind: ours
        for kind, names in found.items()
        if (ours := [n for n in names if "tidewatch" in n])
    }


def test_it_is_deployed_updated_in_place_and_destroyed(
    places: Places, cloud: BackgroundCloud
) -> None:
    deployed = deploy(places, cloud, lambda _text: None)
    assert set(stacks(cloud)) == set(deployed.stacks)
    machine = deployed.machine("flights-training")
    assert left(cloud).keys() == {"buckets", "functions", "machines", "queues", "roles", "topics"}

    context = ["--context", "stage=local", "--context", "image_tag=the-next"]
    run_cdk(places, cloud, ["deploy", STAGE, *context, "--require-approval", "never"])
    assert "the-next" in definition(cloud, machine)
    # In place: nothing has another name.
    assert {name: outputs(cloud, name) for name in stacks(cloud)} == deployed.outputs

    run_cdk(places, cloud, ["destroy", STAGE, *context, "--force"])
    assert stacks(cloud) == {}
    assert left(cloud) == {}
