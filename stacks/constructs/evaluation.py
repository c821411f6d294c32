"""Evaluation: the best trial's scores, and the baseline that monitoring compares with."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.job_role import JobRole
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.processing_step import ProcessingJob, ProcessingStep
from tidewatch.core.config import ModelConfig


class Evaluation(Construct):
    """The job that scores the best trial on the validation set and profiles its data."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
        model_data_url: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = JobRole(self, "Role", image=platform.images.training, key=platform.key)
        document.grant_read_to(self.role)
        self.role.may_read(platform.artifacts, f"{model.name}/runs/")
        self.role.may_read(platform.artifacts, f"{model.name}/models/")
        self.role.may_write(platform.artifacts, f"{model.name}/runs/")
        runs = f"s3://{platform.artifacts.bucket_name}/{model.name}/runs"
        self.uri = asl.joined(f"{runs}/{{}}/evaluation", "$.run_id")
        self.step: sfn.CustomState = ProcessingStep(
            self,
            "Evaluate best trial",
            job=ProcessingJob(
                unit="evaluation",
                model=model.name,
                platform=platform,
                image_uri=platform.training_image,
                program="sagemaker/evaluation/main.py",
                role=self.role,
                instance_type=model.training.instance_type,
                max_runtime=model.training.max_runtime,
                inputs={
                    "model": document.uri,
                    "artifact": model_data_url,
                    "train": asl.joined(f"{runs}/{{}}/train/", "$.run_id"),
                    "validation": asl.joined(f"{runs}/{{}}/validation/", "$.run_id"),
                },
                isolated=True,
                outputs={"evaluation": self.uri},
            ),
        )
