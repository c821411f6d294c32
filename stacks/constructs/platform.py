"""What every model's stacks build on: the shared resources of one stage, passed whole."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_aps as aps
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from stacks.constructs.container_images import ContainerImages
from stacks.constructs.data_bucket import DataBucket
from tidewatch.core.config import StageConfig


@dataclass(frozen=True)
class Platform:
    """The stage's storage, images, tracking and metrics store."""

    stage: StageConfig
    key: kms.IKey
    raw: DataBucket
    artifacts: DataBucket
    capture: DataBucket
    history: DataBucket
    reports: DataBucket
    images: ContainerImages
    image_tag: str
    mlflow_arn: str
    workspace: aps.CfnWorkspace

    @property
    def log_retention(self) -> logs.RetentionDays:
        """How long logs are kept."""
        return logs.RetentionDays[_RETENTION[self.stage.log_retention_days]]

    @property
    def training_image(self) -> str:
        """URI of the image of data preparation, training, evaluation and registration."""
        return self.images.training.repository_uri_for_tag(self.image_tag)

    @property
    def serving_image(self) -> str:
        """URI of the image behind the endpoints."""
        return self.images.serving.repository_uri_for_tag(self.image_tag)

    @property
    def monitoring_image(self) -> str:
        """URI of the image of the monitoring jobs."""
        return self.images.monitoring.repository_uri_for_tag(self.image_tag)

    @property
    def spark_image(self) -> str:
        """URI of the image of the Spark jobs."""
        return self.images.spark.repository_uri_for_tag(self.image_tag)

    @property
    def remote_write_url(self) -> str:
        """Where series are written to."""
        return f"{self.workspace.attr_prometheus_endpoint}api/v1/remote_write"

    def endpoint(self, model: str) -> str:
        """The name of a model's endpoint."""
        return f"{model}-{self.stage.name}"


_RETENTION = {
    1: "ONE_DAY",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    90: "THREE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
}
