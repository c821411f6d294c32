"""Who is told: a topic a severity, and the ways from there to people."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from dashboards.alert_routing import Destinations
from stacks.constructs.alert_topics import AlertTopics
from stacks.constructs.machine_alarms import UndeliveredAlarm
from stacks.constructs.pagerduty_destination import PagerDutyDestination
from stacks.constructs.pagerduty_key import PagerDutyKey
from stacks.constructs.slack_channel import SlackChannel
from stacks.constructs.undelivered import Undelivered
from tidewatch.core.config import StageConfig


class Alerting(cdk.Stack):
    """The topics, and who listens to them; `destinations` is what Prometheus's routing needs.

    `pager` is where CloudWatch's alarms page, where the stage wants that.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        self.topics = AlertTopics.under(self, key)
        self._send_mail(stage.alerting.email)
        if stage.alerting.slack is not None:
            SlackChannel(
                self,
                "Slack",
                name=f"tidewatch-{stage.name}",
                slack=stage.alerting.slack,
                topic=self.topics.chat,
            )
        secret = (
            PagerDutyKey(self, "PagerDuty", key=key, protected=stage.protected)
            if stage.alerting.pagerduty
            else None
        )
        self.pager: events.IApiDestination | None = None
        if secret is not None and stage.alerting.page_on_alarms:
            self.pager = PagerDutyDestination(
                self,
                "Pager",
                secret=secret,
                key_generation=stage.alerting.pagerduty_key_generation,
            )
        self.destinations = Destinations(
            region=self.region,
            critical_topic=self.topics.critical.topic_arn,
            warning_topic=self.topics.warning.topic_arn,
            info_topic=self.topics.info.topic_arn,
            chat_topic=self.topics.chat.topic_arn,
            mail_topic=self.topics.mail.topic_arn,
            pagerduty_secret=secret.secret_arn if secret else None,
        )
        cdk.CfnOutput(self, "CriticalTopicArn", value=self.topics.critical.topic_arn)

    def _send_mail(self, addresses: list[str]) -> None:
        if not addresses:
            return
        undelivered = Undelivered(self, "UndeliveredMail")
        UndeliveredAlarm(
            self,
            "UndeliveredMailAlarm",
            queue=undelivered,
            topics=self.topics,
            runbook="EventsUndelivered",
        )
        for address in addresses:
            self.topics.mail.add_subscription(
                subscriptions.EmailSubscription(address, dead_letter_queue=undelivered)
            )
