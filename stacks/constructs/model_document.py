"""The model's configuration as one file that every job of the model gets."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from stacks.constructs.job_role import JobRole
from tidewatch.core.config import ModelConfig


class ModelDocument(assets.Asset):
    """The JSON of a `ModelConfig`, uploaded by the deployment under its content's hash."""

    def __init__(self, scope: Construct, construct_id: str, *, model: ModelConfig) -> None:
        stage = cdk.Stage.of(scope)
        if stage is None:
            raise TypeError(f"{scope.node.path} stands in no stage")
        file = Path(stage.outdir) / f"model.{model.name}.json"
        file.write_text(model.model_dump_json(indent=2), encoding="utf-8")
        super().__init__(scope, construct_id, path=str(file))

    @property
    def uri(self) -> str:
        """Where a job finds it."""
        return self.s3_object_url

    def grant_read_to(self, role: JobRole) -> None:
        """Let a job's role read this one object."""
        role.may_read(self.bucket, self.s3_object_key)
