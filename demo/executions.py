"""Starts and follows executions of the deployed state machines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.background_cloud import BackgroundCloud
from tidewatch.core.errors import Fault, TidewatchError

_POLL_SECONDS = 0.5
_TIMEOUT_SECONDS = 600.0
_HISTORY_SHOWN = 1000


@dataclass(frozen=True)
class Execution:
    """One execution: what it is, and how to follow it."""

    states: Any
    arn: str

    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return str(self.states.describe_execution(executionArn=self.arn)["status"])

    def output(self) -> dict[str, Any]:
        """What a succeeded execution ended with."""
        loaded: dict[str, Any] = json.loads(
            self.states.describe_execution(executionArn=self.arn)["output"]
        )
        return loaded

    def wait(self, on_state: Callable[[str], None] = lambda _state: None) -> dict[str, Any]:
        """Wait for success, telling each state's name; returns the output.

        Raises TidewatchError with the cause when the execution fails or takes too long.
        """
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while (status := self.status()) == "RUNNING" and time.monotonic() < deadline:
            on_state(self._state())
            time.sleep(_POLL_SECONDS)
        if status != "SUCCEEDED":
            description = self.states.describe_execution(executionArn=self.arn)
            raise TidewatchError(
                Fault(
                    where=self.arn,
                    found=f"{status}: {description.get('error', '')}",
                    expected="SUCCEEDED",
                    remedy=f"mend what the cause says: {_cause(description)}",
                )
            )
        return self.output()

    def _state(self) -> str:
        history = self.states.get_execution_history(
            executionArn=self.arn, maxResults=_HISTORY_SHOWN
        )["events"]
        entered = [
            event["stateEnteredEventDetails"]["name"]
            for event in history
            if "stateEnteredEventDetails" in event
        ]
        return entered[-1] if entered else "starting"


def start(cloud: BackgroundCloud, machine_arn: str, request: dict[str, str]) -> Execution:
    """Start `machine_arn` with `request`."""
    states = cloud.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=machine_arn, input=json.dumps(request))
    return Execution(states, execution["executionArn"])


def of_machine(cloud: BackgroundCloud, machine_arn: str) -> list[Execution]:
    """Every execution of a state machine, the oldest first."""
    states = cloud.client("stepfunctions")
    found = states.list_executions(stateMachineArn=machine_arn)["executions"]
    found.sort(key=lambda item: item["startDate"])
    return [Execution(states, item["executionArn"]) for item in found]


def _cause(description: dict[str, Any]) -> str:
    """The failed job's own reason where the cause is a job's description, else the cause."""
    cause = str(description.get("cause", "none was given"))
    try:
        return str(json.loads(cause)["FailureReason"])
    except (ValueError, KeyError, TypeError):
        return cause
