"""`AWS::Chatbot::SlackChannelConfiguration`: a Slack channel that listens to SNS topics."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud import notifications
from localcloud.cloudformation.handler import Created, Handler, Properties, Resource
from localcloud.state import settings


@dataclass(frozen=True)
class SlackChannel:
    """The life of a channel's subscriptions."""

    def create(self, resource: Resource) -> Created:
        """Listen to the topics."""
        name = str(resource.properties["ConfigurationName"])
        arn = f"arn:aws:chatbot::{settings().account}:chat-configuration/slack-channel/{name}"
        notifications.listen(
            arn,
            notifications.SlackChannel(
                str(resource.properties["SlackChannelId"]),
                frozenset(resource.properties.get("SnsTopicArns") or ()),
            ),
        )
        return Created(arn, {"Arn": arn})

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Topics change in place; another name is another configuration."""
        del physical_id
        if previous["ConfigurationName"] != resource.properties["ConfigurationName"]:
            return None
        return self.create(resource)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Listen no more."""
        del properties
        notifications.leave(physical_id)


HANDLERS: dict[str, Handler] = {"AWS::Chatbot::SlackChannelConfiguration": SlackChannel()}
