"""How an update of an endpoint moves its traffic, and what takes it back."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.constructs import state_language as asl
from tidewatch.core.config.endpoint import Shift

_TYPES = {"all_at_once": "ALL_AT_ONCE", "canary": "CANARY", "linear": "LINEAR"}
_SIZES = {"canary": "CanarySize", "linear": "LinearStepSize"}
# The old fleet stays ready for so long after all traffic has moved.
_TERMINATION_SECONDS = 300
# Starting the new fleet takes minutes; SageMaker's own limit is eight hours.
_START_SECONDS = 3600
_LONGEST_SECONDS = 28_800


def deployment_config(shift: Shift, alarms: Sequence[cloudwatch.Alarm]) -> asl.Json:
    """The DeploymentConfig of UpdateEndpoint."""
    bake = int(shift.bake.total_seconds())
    size = {"Type": "CAPACITY_PERCENT", "Value": shift.percent}
    steps = {_SIZES[shift.kind]: size} if shift.kind in _SIZES else {}
    longest = shift.steps * bake + _TERMINATION_SECONDS + _START_SECONDS
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {
                "Type": _TYPES[shift.kind],
                "WaitIntervalInSeconds": bake,
                **steps,
            },
            "TerminationWaitInSeconds": _TERMINATION_SECONDS,
            "MaximumExecutionTimeoutInSeconds": min(longest, _LONGEST_SECONDS),
        },
        "AutoRollbackConfiguration": {
            "Alarms": [{"AlarmName": alarm.alarm_name} for alarm in alarms]
        },
    }
