"""The Slack channel that alerts are written to."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from tidewatch.core.config.stage import Slack


class SlackChannel(chatbot.SlackChannelConfiguration):
    """Amazon Q Developer in chat applications, subscribed to one topic and allowed nothing."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        slack: Slack,
        topic: sns.ITopic,
    ) -> None:
        role = iam.Role(
            scope,
            f"{construct_id}Role",
            assumed_by=iam.ServicePrincipal(
                "chatbot.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            ),
        )
        super().__init__(
            scope,
            construct_id,
            role=role,
            slack_channel_configuration_name=name,
            slack_workspace_id=slack.workspace_id,
            slack_channel_id=slack.channel_id,
            notification_topics=[topic],
            logging_level=chatbot.LoggingLevel.ERROR,
            # People in the channel are told; they run nothing from there.
            guardrail_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AWSDenyAll")],
        )
