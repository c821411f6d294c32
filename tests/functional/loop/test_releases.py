"""After the loop: other instances, and the way back, by the deployed state machines."""

from __future__ import annotations

from typing import Any

import pytest

from demo import executions
from demo.versions import versions
from tests.functional.loop.conftest import World
from tests.functional.loop.test_loop import live, version_of
from tidewatch.core.errors import TidewatchError


def serves(world: World) -> dict[str, str]:
    return {name: version_of(world, item["ModelName"]) for name, item in live(world).items()}


def run(world: World, output: str, request: dict[str, str]) -> None:
    machine = world.deployment.machine("flights-serving", output)
    executions.start(world.cloud, machine, request).wait()


def ask_for_instances(world: World, instance_type: str) -> None:
    """What a deployment does that changes the type of instance in the model's file."""
    client = world.cloud.client("lambda")
    (planner,) = [
        item
        for item in client.list_functions()["Functions"]
        if item["Handler"] == "lambdas.release.handler.handler"
    ]
    variables = planner["Environment"]["Variables"] | {"INSTANCE_TYPE": instance_type}
    client.update_function_configuration(
        FunctionName=planner["FunctionName"], Environment={"Variables": variables}
    )


def without_type(variants: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: value for key, value in item.items() if key != "InstanceType"}
        for name, item in variants.items()
    }


def test_releasing_the_live_version_again_changes_the_instances_and_nothing_else(
    world: World,
) -> None:
    before = live(world)
    champion = next(item for item in versions(world.cloud, "flights") if item.number == "1")
    ask_for_instances(world, "ml.m5.4xlarge")

    run(world, "MachineArn", {"package_arn": champion.package_arn})

    after = live(world)
    assert {item["InstanceType"] for item in after.values()} == {"ml.m5.4xlarge"}
    assert without_type(after) == without_type(before)


def test_a_rollback_goes_back_one_configuration_each_time(world: World) -> None:
    assert serves(world) == {"champion": "1", "challenger": "2"}
    run(world, "RollbackMachineArn", {})
    assert {item["InstanceType"] for item in live(world).values()} == {"ml.m5.large"}
    assert serves(world) == {"champion": "1", "challenger": "2"}
    run(world, "RollbackMachineArn", {})
    assert serves(world) == {"champion": "1", "challenger": "1"}


def test_a_rollback_beyond_the_first_release_is_refused_with_a_reason(world: World) -> None:
    machine = world.deployment.machine("flights-serving", "RollbackMachineArn")
    execution = executions.start(world.cloud, machine, {})
    with pytest.raises(TidewatchError, match="release the version that you want"):
        execution.wait()
    assert serves(world) == {"champion": "1", "challenger": "1"}


def test_what_was_rolled_back_can_be_released_again(world: World) -> None:
    newest = versions(world.cloud, "flights")[-1]
    run(world, "MachineArn", {"package_arn": newest.package_arn})
    assert serves(world) == {"champion": "1", "challenger": "2"}
