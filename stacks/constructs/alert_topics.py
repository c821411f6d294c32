"""The topics that alerts are published to."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from constructs import Construct

from dashboards.alert_rules import Severity
from stacks.constructs.severity_topic import SeverityTopic


@dataclass(frozen=True)
class AlertTopics:
    """A topic a severity, for whoever subscribes; and one each for what a channel must look like.

    `chat` gets only what Amazon Q can show, `mail` only plain words.
    """

    critical: SeverityTopic
    warning: SeverityTopic
    info: SeverityTopic
    chat: SeverityTopic
    mail: SeverityTopic

    @classmethod
    def under(cls, scope: Construct, key: kms.IKey) -> AlertTopics:
        """The topics of a stage, encrypted with its key."""
        return cls(
            critical=SeverityTopic(scope, "Critical", key=key),
            warning=SeverityTopic(scope, "Warning", key=key),
            info=SeverityTopic(scope, "Info", key=key),
            chat=SeverityTopic(scope, "Chat", key=key),
            mail=SeverityTopic(scope, "Mail", key=key),
        )

    def of_alarm(self, severity: Severity) -> list[SeverityTopic]:
        """Where an alarm of CloudWatch's goes: CloudWatch itself words it for chat and mail."""
        if severity == "critical":
            return [self.critical, self.chat, self.mail]
        return [self.warning, self.chat]
