"""Data preparation: raw tables in, training and validation sets out."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.job_role import JobRole
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.processing_step import ProcessingJob, ProcessingStep
from tidewatch.core.config import ModelConfig


class DataPrep(Construct):
    """The job that runs the model's SQL over its raw tables."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = JobRole(self, "Role", image=platform.images.training, key=platform.key)
        document.grant_read_to(self.role)
        self.role.may_read(platform.raw, f"{model.name}/")
        self.role.may_write(platform.artifacts, f"{model.name}/runs/")
        runs = f"s3://{platform.artifacts.bucket_name}/{model.name}/runs"
        tables = {
            f"raw/{table}": f"s3://{platform.raw.bucket_name}/{model.name}/{table}/"
            for table in model.raw
        }
        self.step: sfn.CustomState = ProcessingStep(
            self,
            "Prepare data",
            job=ProcessingJob(
                unit="data_prep",
                model=model.name,
                platform=platform,
                image_uri=platform.training_image,
                program="sagemaker/data_prep/main.py",
                role=self.role,
                instance_type=model.training.instance_type,
                max_runtime=model.training.max_runtime,
                inputs={"model": document.uri, **tables},
                isolated=True,
                outputs={
                    part: asl.joined(f"{runs}/{{}}/{part}", "$.run_id")
                    for part in ("train", "validation", "quarantine", "summary")
                },
                environment={"TRAIN_START": "$.train_start", "TRAIN_END": "$.train_end"},
            ),
        )
