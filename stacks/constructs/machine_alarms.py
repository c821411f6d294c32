"""Somebody is told when a state machine fails, or an event was not delivered."""

from __future__ import annotations

from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from dashboards.alert_rules import Severity
from stacks.constructs.alert_topics import AlertTopics

_PERIOD = cdk.Duration.minutes(5)


class MachineAlarms(Construct):
    """An alarm on executions that failed, and one on those that took too long.

    One that people aborted is no news to them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine: sfn.StateMachine,
        topics: AlertTopics,
        runbook: str,
    ) -> None:
        super().__init__(scope, construct_id)
        for name, metric, what in (
            ("Failed", machine.metric_failed(period=_PERIOD), "failed"),
            ("TimedOut", machine.metric_timed_out(period=_PERIOD), "took too long"),
        ):
            words = f"{machine.node.path} {what}"
            tell(topics, "warning", _any(self, name, metric, words, runbook))


class UndeliveredAlarm(Construct):
    """An alarm on a queue that holds what could not be delivered."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue: sqs.IQueue,
        topics: AlertTopics,
        runbook: str,
    ) -> None:
        super().__init__(scope, construct_id)
        metric = queue.metric_approximate_number_of_messages_visible(
            period=_PERIOD, statistic="Maximum"
        )
        words = f"{queue.node.path} holds what could not be delivered"
        tell(topics, "warning", _any(self, "NotEmpty", metric, words, runbook))


def tell(topics: AlertTopics, severity: Severity, alarm: cloudwatch.AlarmBase) -> None:
    """Tell those who listen for `severity` when `alarm` rings, and when it is over."""
    for topic in topics.of_alarm(severity):
        alarm.add_alarm_action(actions.SnsAction(topic))
        alarm.add_ok_action(actions.SnsAction(topic))


def metric_period(rate: timedelta) -> cdk.Duration:
    """`rate` as the period of a metric that is put so often."""
    return cdk.Duration.minutes(max(1, rate // timedelta(minutes=1)))


def _any(
    scope: Construct, construct_id: str, metric: cloudwatch.IMetric, words: str, runbook: str
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        construct_id,
        alarm_description=f"{words} (docs/runbooks/{runbook}.md)",
        metric=metric,
        threshold=0,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=1,
        # Where nothing runs, nothing fails; that nothing runs is what dead-man alarms are for.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
