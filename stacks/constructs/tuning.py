"""Hyperparameter tuning: many training jobs, the best of which becomes a version."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.job_role import JobRole
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from tidewatch.core.config import ModelConfig
from tidewatch.core.config.model import ParameterRange
from tidewatch.core.objective import objective_of

_VOLUME_GB = 30
_RETRIED = ["SageMaker.AmazonSageMakerException", "ThrottlingException"]


class Tuning(Construct):
    """The tuning job; its best training job's name is kept at `$.tuning.training_job`."""

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
        self._platform = platform
        self._model = model
        self._document = document
        self.role = JobRole(self, "Role", image=platform.images.training, key=platform.key)
        document.grant_read_to(self.role)
        self.role.may_read(platform.artifacts, f"{model.name}/runs/")
        self.role.may_write(platform.artifacts, f"{model.name}/models/")
        self.role.may_use_mlflow(platform.mlflow_arn)
        self.role.may_read(platform.artifacts, "mlflow/")
        self.role.may_write(platform.artifacts, "mlflow/")
        self.role.may_put_metrics("/aws/sagemaker/TrainingJobs")
        self.step = sfn.CustomState(
            self,
            "Tune hyperparameters",
            state_json={
                "Type": "Task",
                "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
                "Parameters": self._request(),
                "ResultSelector": {
                    "tuning_job.$": "$.HyperParameterTuningJobName",
                    "training_job.$": "$.BestTrainingJob.TrainingJobName",
                },
                "ResultPath": "$.tuning",
                "Retry": [
                    {
                        "ErrorEquals": _RETRIED,
                        "IntervalSeconds": 10,
                        "BackoffRate": 2,
                        "MaxAttempts": 3,
                    }
                ],
            },
        )

    def model_data_url(self) -> str:
        """An intrinsic: the S3 URI of the best training job's artefact."""
        return asl.joined(f"{self._models_uri()}/{{}}/output/model.tar.gz", "$.tuning.training_job")

    def _models_uri(self) -> str:
        return f"s3://{self._platform.artifacts.bucket_name}/{self._model.name}/models"

    def _request(self) -> asl.Json:
        tuning, objective = self._model.training.tuning, objective_of(self._model.task)
        ranges = tuning.parameters
        return {
            **asl.field("HyperParameterTuningJobName", asl.unique_name(self._model.name)),
            "HyperParameterTuningJobConfig": {
                "Strategy": tuning.strategy,
                "HyperParameterTuningJobObjective": {
                    "Type": objective.goal,
                    "MetricName": objective.logged_name,
                },
                "ResourceLimits": {
                    "MaxNumberOfTrainingJobs": tuning.jobs,
                    "MaxParallelTrainingJobs": tuning.parallel,
                },
                "ParameterRanges": {
                    "IntegerParameterRanges": [
                        _range(name, item, whole=True)
                        for name, item in ranges.items()
                        if item.kind == "integer"
                    ],
                    "ContinuousParameterRanges": [
                        _range(name, item, whole=False)
                        for name, item in ranges.items()
                        if item.kind == "continuous"
                    ],
                },
            },
            "TrainingJobDefinition": self._definition(),
        }

    def _definition(self) -> asl.Json:
        training, objective = self._model.training, objective_of(self._model.task)
        runs = f"s3://{self._platform.artifacts.bucket_name}/{self._model.name}/runs"
        return {
            "StaticHyperParameters": training.hyperparameters,
            "AlgorithmSpecification": {
                "TrainingImage": self._platform.training_image,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": objective.logged_name, "Regex": objective.pattern}],
            },
            "RoleArn": self.role.role_arn,
            "InputDataConfig": [
                _channel("model", self._document.uri),
                _channel("train", asl.joined(f"{runs}/{{}}/train/", "$.run_id")),
                _channel("validation", asl.joined(f"{runs}/{{}}/validation/", "$.run_id")),
            ],
            "OutputDataConfig": {
                "S3OutputPath": self._models_uri(),
                "KmsKeyId": self._platform.key.key_arn,
            },
            "ResourceConfig": {
                "InstanceCount": 1,
                "InstanceType": training.instance_type,
                "VolumeSizeInGB": _VOLUME_GB,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": int(training.max_runtime.total_seconds())},
            "Environment": asl.fields(
                {"MLFLOW_TRACKING_URI": self._platform.mlflow_arn, "RUN_ID": "$.run_id"}
            ),
        }


def _range(name: str, item: ParameterRange, *, whole: bool) -> asl.Json:
    def text(bound: float) -> str:
        return str(int(bound)) if whole else repr(bound)

    return {
        "Name": name,
        "MinValue": text(item.min),
        "MaxValue": text(item.max),
        "ScalingType": item.scale,
    }


def _channel(name: str, uri: str) -> asl.Json:
    return {
        "ChannelName": name,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3DataDistributionType": "FullyReplicated",
                **asl.field("S3Uri", uri),
            }
        },
    }
