"""Who is told: a topic a severity, and the ways from there to people."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from dashboards.alert_routing import Destinations
from stacks.constructs.pagerduty_key import PagerDutyKey
from stacks.constructs.severity_topic import SeverityTopic
from stacks.constructs.slack_channel import SlackChannel
from tidewatch.core.config import StageConfig


class Alerting(cdk.Stack):
    """Topics for info, warning, critical and chat; `destinations` is what routing needs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        key: kms.IKey,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        critical = SeverityTopic(self, "Critical", key=key)
        warning = SeverityTopic(self, "Warning", key=key)
        info = SeverityTopic(self, "Info", key=key)
        chat = SeverityTopic(self, "Chat", key=key)
        for address in stage.alerting.email:
            critical.add_subscription(subscriptions.EmailSubscription(address))
        if stage.alerting.slack is not None:
            name = f"tidewatch-{stage.name}"
            SlackChannel(self, "Slack", name=name, slack=stage.alerting.slack, topic=chat)
        pagerduty = PagerDutyKey(self, "PagerDuty", key=key) if stage.alerting.pagerduty else None
        self.destinations = Destinations(
            region=self.region,
            critical_topic=critical.topic_arn,
            warning_topic=warning.topic_arn,
            info_topic=info.topic_arn,
            chat_topic=chat.topic_arn,
            pagerduty_secret=pagerduty.secret_arn if pagerduty else None,
        )
        cdk.CfnOutput(self, "CriticalTopicArn", value=critical.topic_arn)
