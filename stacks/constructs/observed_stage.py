"""What the observability stack builds on, passed whole."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from stacks.constructs.alert_topics import AlertTopics
from stacks.constructs.log_retention import log_retention
from stacks.constructs.private_network import PrivateNetwork
from stacks.storage import Storage
from tidewatch.core.config import StageConfig


@dataclass(frozen=True)
class ObservedStage:
    """A stage, its storage, its network where it has one, and who is told."""

    config: StageConfig
    storage: Storage
    private: PrivateNetwork | None
    topics: AlertTopics

    @property
    def key(self) -> kms.IKey:
        """The stage's key."""
        return self.storage.key

    @property
    def log_retention(self) -> logs.RetentionDays:
        """How long logs are kept."""
        return log_retention(self.config)
