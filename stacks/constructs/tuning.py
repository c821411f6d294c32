"""Hyperparameter tuning: many training jobs, the best of which becomes a version."""

from __future__ import annotations

import math
from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.job_network import may_join_network, vpc_config
from stacks.constructs.job_role import JobRole
from stacks.constructs.model_document import ModelDocument
from stacks.constructs.platform import Platform
from stacks.constructs.volume_encryption import may_encrypt_volumes, volume_key
from tidewatch.core.config import ModelConfig, Training
from tidewatch.core.config.model import ParameterRange
from tidewatch.core.objective import objective_of

_VOLUME_GB = 30
_CHECKPOINTS_KEPT = cdk.Duration.days(7)
_SLACK_SECONDS = 900
"""How long an instance takes to start, and an artefact to be uploaded."""
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
        self.role.may_use_mlflow(platform.mlflow)
        self.role.may_write(platform.artifacts, "mlflow/")
        self.role.may_put_metrics("/aws/sagemaker/TrainingJobs")
        may_encrypt_volumes(self.role, platform.key)
        may_join_network(self.role, platform)
        if model.training.spot_max_wait:
            # An interrupted trial goes on from its own checkpoints.
            self.role.may_read(platform.artifacts, f"{model.name}/checkpoints/")
            self.role.may_write(platform.artifacts, f"{model.name}/checkpoints/")
            platform.artifacts.add_lifecycle_rule(
                prefix=f"{model.name}/checkpoints/", expiration=_CHECKPOINTS_KEPT
            )
        self.step = sfn.CustomState(
            self,
            "Tune hyperparameters",
            state_json={
                "Type": "Task",
                "Resource": asl.integration("sagemaker:createHyperParameterTuningJob.sync"),
                "Parameters": self._request(),
                "ResultSelector": {
                    "tuning_job.$": "$.HyperParameterTuningJobName",
                    "training_job.$": "$.BestTrainingJob.TrainingJobName",
                },
                "ResultPath": "$.tuning",
                "TimeoutSeconds": _longest(model.training) + _SLACK_SECONDS,
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
                    "MaxRuntimeInSeconds": _longest(self._model.training),
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
            "Tags": self._platform.cost_tags(self._model.name),
        }

    def _spot(self) -> asl.Json:
        """Spot instances, where the model's file asks for them; a trial goes on where it was.

        StoppingCondition is given anew, with how long a trial may wait.
        """
        training = self._model.training
        if training.spot_max_wait is None:
            return {}
        checkpoints = (
            f"s3://{self._platform.artifacts.bucket_name}/{self._model.name}/checkpoints/{{}}"
        )
        return {
            "EnableManagedSpotTraining": True,
            "StoppingCondition": {
                "MaxRuntimeInSeconds": _seconds(training.max_runtime),
                "MaxWaitTimeInSeconds": _seconds(training.spot_max_wait),
            },
            "CheckpointConfig": asl.field("S3Uri", asl.joined(checkpoints, "$.run_id")),
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
                **volume_key("VolumeKmsKeyId", self._platform.key, training.instance_type),
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": _seconds(training.max_runtime)},
            **self._spot(),
            # A trial logs to MLflow: it runs in the stage's network, if there is one, and not in
            # none.
            "EnableNetworkIsolation": False,
            **vpc_config(self._platform),
            "Environment": asl.fields(
                {"MLFLOW_TRACKING_URI": self._platform.mlflow.arn, "RUN_ID": "$.run_id"}
            ),
        }


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _longest(training: Training) -> int:
    """So many seconds the tuning job takes at most: its rounds of trials, one after another."""
    rounds = math.ceil(training.tuning.jobs / training.tuning.parallel)
    return rounds * (_seconds(training.spot_max_wait or training.max_runtime) + _SLACK_SECONDS)


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
