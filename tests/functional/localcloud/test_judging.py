"""Monitors side by side, as the local cloud runs the very states of the monitoring machine."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from localcloud.cloud import LocalCloud
from stacks.constructs.judging import Judging
from tests.functional.localcloud.lambdas import KeepingFunction
from tests.functional.localcloud.roles import allow
from tests.functional.localcloud.test_stepfunctions import ended, start


@pytest.fixture(scope="module")
def function(cloud: LocalCloud) -> KeepingFunction:
    return KeepingFunction.create(cloud)


def monitor(stack: cdk.Stack, name: str, function: KeepingFunction) -> sfn.CustomState:
    """A state that fails where the execution's input says so of its monitor."""
    state = {
        "Type": "Task",
        "Resource": function.arn,
        "Parameters": {"fail.$": f"$.{name}_fails"},
        "ResultSelector": {"job": name},
        "ResultPath": f"$.{name}",
    }
    return sfn.CustomState(stack, f"Run {name}", state_json=state)


def judged(
    cloud: LocalCloud, function: KeepingFunction, *, data: bool, model: bool
) -> dict[str, Any]:
    """The ended execution in which these monitors fail."""
    stack = cdk.Stack()
    monitors = {name: monitor(stack, name, function) for name in ("data_monitor", "model_monitor")}
    judging = Judging(stack, "Judging", monitors=monitors)
    graph = sfn.StateGraph(judging.chain.start_state, "judge").to_graph_json()
    given = {"data_monitor_fails": data, "model_monitor_fails": model}
    allowed = allow("lambda:InvokeFunction", function.arn)
    return ended(cloud, start(cloud, stack.resolve(graph)["States"], given, allowed))


def exited(cloud: LocalCloud, execution: str) -> list[str]:
    client = cloud.session().client("stepfunctions")
    events = client.get_execution_history(executionArn=execution)["events"]
    details = [event.get("stateExitedEventDetails", {}) for event in events]
    return [item["name"] for item in details if item]


def test_where_both_judge_the_output_is_that_of_both(
    cloud: LocalCloud, function: KeepingFunction
) -> None:
    execution = judged(cloud, function, data=False, model=False)
    assert execution["status"] == "SUCCEEDED"
    data, model = json.loads(execution["output"])
    assert data["data_monitor"] == {"job": "data_monitor"}
    assert model["model_monitor"] == {"job": "model_monitor"}


@pytest.mark.parametrize("failing", ["data", "model"])
def test_one_that_fails_leaves_the_other_to_its_end_and_gives_the_reason(
    cloud: LocalCloud, function: KeepingFunction, failing: str
) -> None:
    execution = judged(cloud, function, data=failing == "data", model=failing == "model")
    assert (execution["status"], execution["error"]) == ("FAILED", "ValueError")
    assert json.loads(execution["cause"])["errorMessage"] == "asked to fail"
    # The states side by side came to their end, instead of being ended by the first failure.
    assert exited(cloud, execution["executionArn"]) == ["Judge windows", "Did all judge?"]


def test_where_both_fail_the_cause_names_both(cloud: LocalCloud, function: KeepingFunction) -> None:
    execution = judged(cloud, function, data=True, model=True)
    assert (execution["status"], execution["error"]) == ("FAILED", "MonitorsFailed")
    data, model = execution["cause"].split("; model_monitor: ")
    for cause in (data.removeprefix("data_monitor: "), model):
        assert json.loads(cause)["errorMessage"] == "asked to fail"
