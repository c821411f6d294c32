"""Where everything that must last is kept: buckets under one key, tables, image registries."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.access_log_bucket import AccessLogBucket
from stacks.constructs.container_images import ContainerImages
from stacks.constructs.data_bucket import DataBucket
from stacks.constructs.history_catalog import HistoryCatalog, QueryWorkgroup
from stacks.constructs.stage_key import StageKey
from tidewatch.core.config import Config


class Storage(cdk.Stack):
    """The stage's stateful resources.

    Prepared features have no bucket of their own: a training run's sets are read by that run alone,
    and stand beside its model and its baseline, below `<model>/runs/` of the artefacts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
    ) -> None:
        stage = config.stage
        super().__init__(scope, construct_id, termination_protection=stage.protected)
        self._stage = stage
        self.key: kms.Key = StageKey(self, "Key", protected=stage.protected)
        self._access_logs = AccessLogBucket(
            self,
            "AccessLogs",
            protected=stage.protected,
            expire_after=cdk.Duration.days(stage.retention.access_logs.days),
        )
        self.raw = self._bucket("Raw")
        self.artifacts = self._bucket("Artifacts")
        self.capture = self._bucket(
            "Capture", expire_after=cdk.Duration.days(stage.retention.capture.days)
        )
        self.history = self._bucket("History")
        self.reports = self._bucket("Reports")
        self.catalog = HistoryCatalog(
            self, "Catalog", stage=stage, models=config.models, history=self.history
        )
        self.workgroup = QueryWorkgroup(
            self, "Queries", stage=stage, results=self.reports, key=self.key
        )
        self.images = ContainerImages(self, "Images", stage=stage, key=self.key)
        for name in ("raw", "artifacts", "capture", "history", "reports"):
            cdk.CfnOutput(self, f"{name.capitalize()}Bucket", value=getattr(self, name).bucket_name)

    def _bucket(self, name: str, expire_after: cdk.Duration | None = None) -> DataBucket:
        return DataBucket(
            self,
            name,
            stage=self._stage,
            key=self.key,
            access_logs=self._access_logs,
            expire_after=expire_after,
        )
