"""Where everything that must last is kept: buckets under one key, and image registries."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.container_images import ContainerImages
from stacks.constructs.data_bucket import DataBucket
from stacks.constructs.stage_key import StageKey
from tidewatch.core.config import StageConfig

_CAPTURE_KEPT = cdk.Duration.days(90)


class Storage(cdk.Stack):
    """The stage's stateful resources."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env, termination_protection=stage.protected)
        self.key: kms.Key = StageKey(self, "Key", protected=stage.protected)
        self.raw = self._bucket("Raw", stage)
        self.artifacts = self._bucket("Artifacts", stage)
        self.capture = self._bucket("Capture", stage, expire_after=_CAPTURE_KEPT)
        self.history = self._bucket("History", stage)
        self.reports = self._bucket("Reports", stage)
        self.images = ContainerImages(self, "Images", stage=stage.name, protected=stage.protected)
        for name in ("raw", "artifacts", "capture", "history", "reports"):
            cdk.CfnOutput(self, f"{name.capitalize()}Bucket", value=getattr(self, name).bucket_name)

    def _bucket(
        self, name: str, stage: StageConfig, expire_after: cdk.Duration | None = None
    ) -> DataBucket:
        return DataBucket(
            self, name, key=self.key, protected=stage.protected, expire_after=expire_after
        )
