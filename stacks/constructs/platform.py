"""What every model's stacks build on: the shared resources of one stage, passed whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_aps as aps
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from stacks.constructs.alert_topics import AlertTopics
from stacks.constructs.container_images import ContainerImages
from stacks.constructs.data_bucket import DataBucket
from stacks.constructs.log_retention import log_retention
from stacks.constructs.mlflow import Mlflow
from stacks.constructs.private_network import PrivateNetwork
from tidewatch.core.config import StageConfig


@dataclass(frozen=True)
class Platform:
    """The stage's storage, images, network, tracking and metrics store."""

    stage: StageConfig
    key: kms.IKey
    raw: DataBucket
    artifacts: DataBucket
    capture: DataBucket
    history: DataBucket
    reports: DataBucket
    images: ContainerImages
    image_tags: Mapping[str, str]
    """The tag of each image."""
    network: PrivateNetwork | None
    """Where jobs, models and functions run; None for the services' own networks."""
    mlflow: Mlflow
    workspace: aps.CfnWorkspace
    topics: AlertTopics
    pager: events.IApiDestination | None
    """Where CloudWatch's alarms page, where the stage wants that."""

    @property
    def log_retention(self) -> logs.RetentionDays:
        """How long logs are kept."""
        return log_retention(self.stage)

    @property
    def training_image(self) -> str:
        """URI of the image of data preparation, training, evaluation and registration."""
        return self.images.training.repository_uri_for_tag(self.image_tags["training"])

    @property
    def serving_image(self) -> str:
        """URI of the image behind the endpoints."""
        return self.images.serving.repository_uri_for_tag(self.image_tags["serving"])

    @property
    def monitoring_image(self) -> str:
        """URI of the image of the monitoring jobs."""
        return self.images.monitoring.repository_uri_for_tag(self.image_tags["monitoring"])

    @property
    def spark_image(self) -> str:
        """URI of the image of the Spark jobs."""
        return self.images.spark.repository_uri_for_tag(self.image_tags["spark"])

    @property
    def remote_write_url(self) -> str:
        """Where series are written to."""
        return f"{self.workspace.attr_prometheus_endpoint}api/v1/remote_write"

    def cost_tags(self, model: str) -> list[dict[str, str]]:
        """Tags of what a state machine starts: by them the bill, and budgets, know whose it is."""
        return [
            {"Key": "tidewatch:stage", "Value": self.stage.name},
            {"Key": "tidewatch:model", "Value": model},
        ]

    def endpoint(self, model: str) -> str:
        """The name of a model's endpoint."""
        return f"{model}-{self.stage.name}"
