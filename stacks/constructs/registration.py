"""Registration: the evaluated model becomes a version that waits for approval."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs.job_role import JobRole
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.processing_step import ProcessingJob, ProcessingStep
from tidewatch.core.config import ModelConfig


@dataclass(frozen=True)
class Candidate:
    """Where the state machine's earlier steps left what is to be registered (intrinsics)."""

    model_data_url: str
    evaluation_uri: str


class Registration(Construct):
    """The job that registers an MLflow model version and a model package, pending approval."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        document: ModelDocument,
        candidate: Candidate,
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = JobRole(self, "Role", image=platform.images.training, key=platform.key)
        document.grant_read_to(self.role)
        self.role.may_read(platform.artifacts, f"{model.name}/runs/")
        self.role.may_read(platform.artifacts, f"{model.name}/models/")
        self.role.may_use_mlflow(platform.mlflow)
        self.role.may(["sagemaker:CreateModelPackage"], f"model-package-group/{model.name}")
        self.role.may(
            [
                "sagemaker:CreateModelPackage",
                "sagemaker:DescribeModelPackage",
                "sagemaker:ListModelPackages",
            ],
            f"model-package/{model.name}/*",
        )
        self.step: sfn.CustomState = ProcessingStep(
            self,
            "Register version",
            job=ProcessingJob(
                unit="registration",
                model=model.name,
                platform=platform,
                image_uri=platform.training_image,
                program="sagemaker/registration/main.py",
                role=self.role,
                instance_type=model.training.instance_type,
                max_runtime=model.training.max_runtime,
                inputs={
                    "model": document.uri,
                    "artifact": candidate.model_data_url,
                    "evaluation": candidate.evaluation_uri,
                },
                environment={
                    "RUN_ID": "$.run_id",
                    "TUNING_JOB": "$.tuning.tuning_job",
                    "TRAINING_JOB": "$.tuning.training_job",
                    "MODEL_DATA_URL": candidate.model_data_url,
                    "EVALUATION_URI": candidate.evaluation_uri,
                    "SERVING_IMAGE": platform.serving_image,
                    "MODEL_PACKAGE_GROUP": model.name,
                    "MLFLOW_TRACKING_URI": platform.mlflow.arn,
                },
            ),
        )
