"""The first state of every change of an endpoint: a function that looks, and plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.platform import Platform
from stacks.constructs.platform_function import PlatformFunction

_WHILE_ANOTHER_CHANGE_GOES_ON = sfn.WaitTime.duration(cdk.Duration.minutes(1))


class EndpointPlanner(Construct):
    """The function of one unit, which may see what serves, and the states that go by its plan."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        unit: str,
        platform: Platform,
        model: str,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        endpoint = platform.endpoint(model)
        self.function = PlatformFunction(
            self,
            "Function",
            unit=unit,
            environment={"ENDPOINT_NAME": endpoint, **environment},
            log_retention=platform.log_retention,
            network=platform.network,
        )
        for action, kind, name in (
            ("DescribeEndpoint", "endpoint", endpoint),
            ("DescribeEndpointConfig", "endpoint-config", f"{model}-*"),
            ("DescribeModel", "model", f"{model}-*"),
        ):
            self.may(action, kind, name)

    def may(self, action: str, kind: str, name: str) -> None:
        """Do one SageMaker action on the resources of a name."""
        arn = cdk.Stack.of(self).format_arn(service="sagemaker", resource=kind, resource_name=name)
        self.function.add_to_role_policy(
            iam.PolicyStatement(actions=[f"sagemaker:{action}"], resources=[arn])
        )

    def may_see(self, alarms: Sequence[cloudwatch.Alarm]) -> None:
        """See whether alarms ring."""
        self.function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:DescribeAlarms"],
                resources=[alarm.alarm_arn for alarm in alarms],
            )
        )

    def planned(
        self,
        title: str,
        request: Mapping[str, object],
        *,
        then: sfn.IChainable,
        unchanged: sfn.IChainable | None = None,
    ) -> sfn.IChainable:
        """Plan, wait while another change goes on, plan anew; and `then`, where there is a plan."""
        plan = self.function.asked(
            self, title, {**request, "execution_id": sfn.JsonPath.execution_id}
        )
        wait = sfn.Wait(self, "Wait for another change", time=_WHILE_ANOTHER_CHANGE_GOES_ON)
        choice = sfn.Choice(self, "Anything to do?").when(_action_is("wait"), wait.next(plan))
        if unchanged:
            choice.when(_action_is("none"), unchanged)
        return plan.next(choice.otherwise(then))


def _action_is(action: str) -> sfn.Condition:
    return sfn.Condition.string_equals("$.action", action)
