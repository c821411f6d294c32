"""Pages somebody when an alarm goes off, and says when it is over."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.constructs.alert_topics import AlertTopics
from stacks.constructs.machine_alarms import UndeliveredAlarm
from stacks.constructs.undelivered import Undelivered

_ACTIONS = {"ALARM": "trigger", "OK": "resolve"}
_WORTH_PAGING = cdk.Duration.hours(1)


class PageOnAlarm(Construct):
    """A rule a state of one alarm, with PagerDuty as its target."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarm: cloudwatch.IAlarm,
        model: str,
        pager: events.IApiDestination,
        topics: AlertTopics,
    ) -> None:
        super().__init__(scope, construct_id)
        undelivered = Undelivered(self, "Undelivered")
        UndeliveredAlarm(
            self,
            "UndeliveredAlarm",
            queue=undelivered,
            topics=topics,
            runbook="EventsUndelivered",
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            ),
        )
        for state, action in _ACTIONS.items():
            events.Rule(
                self,
                action.capitalize(),
                description=f"Tell PagerDuty when the alarm of {model} is {state}",
                event_pattern=events.EventPattern(
                    source=["aws.cloudwatch"],
                    detail_type=["CloudWatch Alarm State Change"],
                    resources=[alarm.alarm_arn],
                    detail={"state": {"value": [state]}},
                ),
                targets=[
                    targets.ApiDestination(
                        pager,
                        event=_page(action, model),
                        event_role=role,
                        dead_letter_queue=undelivered,
                        max_event_age=_WORTH_PAGING,
                        retry_attempts=20,
                    )
                ],
            )


def _page(action: str, model: str) -> events.RuleTargetInput:
    """An event as PagerDuty takes it; the connection adds the routing key."""
    return events.RuleTargetInput.from_object(
        {
            "event_action": action,
            "dedup_key": events.EventField.from_path("$.resources[0]"),
            "payload": {
                "summary": f"{model} is unwell: see the alarm's own words",
                "severity": "critical",
                "source": events.EventField.from_path("$.detail.alarmName"),
                "component": model,
                "timestamp": events.EventField.from_path("$.time"),
                "custom_details": {
                    "reason": events.EventField.from_path("$.detail.state.reason"),
                    "runbook": "docs/runbooks/ModelUnwell.md",
                },
            },
        }
    )
