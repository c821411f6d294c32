"""The end of every change of an endpoint: wait until it has settled, and say how it went."""

from __future__ import annotations

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.endpoint_states import describe_endpoint
from stacks.constructs.variant_scaling import VariantScaling

# Each look leaves nine events, and twelve hours of them have to fit an execution's 25,000.
_POLL = sfn.WaitTime.duration(cdk.Duration.seconds(45))
_MOVING = ("Creating", "Updating", "SystemUpdating", "RollingBack")


class Settling(Construct):
    """From `start` on: succeeds where `$.config_name` serves in the end, and fails where not.

    Variants are scaled again either way: an update that alarms took back has let them go too.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, endpoint: str, scaling: VariantScaling
    ) -> None:
        super().__init__(scope, construct_id)
        self._failed = sfn.Fail(
            self,
            "Endpoint was not changed",
            error="EndpointFailed",
            cause_path="States.JsonToString($.endpoint)",
        )
        self.start = sfn.Wait(self, "Wait for endpoint", time=_POLL)
        outcome = self._outcome()
        after = scaling.apply.next(outcome) if scaling.apply else outcome
        self.start.next(describe_endpoint(self, endpoint)).next(
            sfn.Choice(self, "Endpoint settled?")
            .when(_status_is(_MOVING), self.start)
            .when(_status_is(["InService"]), after)
            .otherwise(self._failed)
        )

    def _outcome(self) -> sfn.Choice:
        serves = sfn.Condition.string_equals_json_path(
            "$.endpoint.EndpointConfigName", "$.config_name"
        )
        return (
            sfn.Choice(self, "New configuration serves?")
            .when(serves, sfn.Succeed(self, "Endpoint changed"))
            .otherwise(self._failed)
        )


def _status_is(statuses: Iterable[str]) -> sfn.Condition:
    return sfn.Condition.or_(
        *(sfn.Condition.string_equals("$.endpoint.EndpointStatus", status) for status in statuses)
    )
