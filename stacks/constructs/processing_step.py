"""A state that runs one SageMaker Processing job and waits for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.constructs import state_language as asl
from stacks.constructs.job_network import may_join_network, vpc_config
from stacks.constructs.job_role import JobRole
from stacks.constructs.platform import Platform
from stacks.constructs.volume_encryption import may_encrypt_volumes, volume_key

_INPUT = "/opt/ml/processing/input"
_OUTPUT = "/opt/ml/processing/output"
_VOLUME_GB = 30
# Of an instance that comes late, and of what goes in and out.
_AROUND_A_JOB = timedelta(minutes=15)
_RETRIES = 3
_FIRST_WAIT_SECONDS = 10
_RETRIED = ["SageMaker.AmazonSageMakerException", "ThrottlingException", "States.Timeout"]


@dataclass(frozen=True)
class ProcessingJob:
    """One job: its program, its data, and how long it may take.

    `inputs` and `outputs` map a folder below the job's input or output folder to an S3 URI;
    URIs and environment values may be paths or intrinsics of the States Language, and so may
    `instances`. Of the inputs in `sharded`, each instance gets its share of the objects.
    """

    unit: str
    model: str
    platform: Platform
    image_uri: str
    program: str
    role: JobRole
    instance_type: str
    max_runtime: timedelta
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    instances: int | str = 1
    sharded: frozenset[str] = frozenset()
    answers: bool = False
    """The job's ExitMessage is JSON that later states read, as `$.<unit>.answer`."""
    isolated: bool = False
    """The program talks to nobody: SageMaker brings its inputs and takes its outputs away."""


class ProcessingStep(sfn.CustomState):
    """Runs `job`; the state's result is the job's name, kept at `$.<unit>`."""

    def __init__(self, scope: Construct, construct_id: str, *, job: ProcessingJob) -> None:
        may_encrypt_volumes(job.role, job.platform.key)
        may_join_network(job.role, job.platform)
        super().__init__(
            scope,
            construct_id,
            state_json={
                "Type": "Task",
                "Resource": asl.integration("sagemaker:createProcessingJob.sync"),
                "Parameters": _request(job),
                "ResultSelector": {"job.$": "$.ProcessingJobName"} | _answer(job),
                "ResultPath": f"$.{job.unit}",
                "TimeoutSeconds": int((job.max_runtime + _AROUND_A_JOB).total_seconds()),
                "Retry": [
                    {
                        "ErrorEquals": _RETRIED,
                        "IntervalSeconds": _FIRST_WAIT_SECONDS,
                        "BackoffRate": 2,
                        "MaxAttempts": _RETRIES,
                    }
                ],
            },
        )


def longest_step(max_runtime: timedelta) -> timedelta:
    """How long a step may take with all its retries, for a job that may run for `max_runtime`."""
    waits = timedelta(seconds=_FIRST_WAIT_SECONDS * (2**_RETRIES - 1))
    return (1 + _RETRIES) * (max_runtime + _AROUND_A_JOB) + waits


def _answer(job: ProcessingJob) -> dict[str, str]:
    return {"answer.$": "States.StringToJson($.ExitMessage)"} if job.answers else {}


def _request(job: ProcessingJob) -> asl.Json:
    return {
        **asl.field(
            "ProcessingJobName", asl.unique_name(f"{job.model}-{job.unit.replace('_', '-')}")
        ),
        "RoleArn": job.role.role_arn,
        "AppSpecification": {
            "ImageUri": job.image_uri,
            "ContainerEntrypoint": ["python", f"/opt/program/{job.program}"],
        },
        "ProcessingInputs": [_input(job, name, uri) for name, uri in job.inputs.items()],
        "ProcessingOutputConfig": {
            "Outputs": [_output(name, uri) for name, uri in job.outputs.items()],
            "KmsKeyId": job.platform.key.key_arn,
        },
        "ProcessingResources": {
            "ClusterConfig": {
                **asl.field("InstanceCount", job.instances),
                "InstanceType": job.instance_type,
                "VolumeSizeInGB": _VOLUME_GB,
                **volume_key("VolumeKmsKeyId", job.platform.key, job.instance_type),
            }
        },
        "NetworkConfig": {
            "EnableNetworkIsolation": job.isolated,
            "EnableInterContainerTrafficEncryption": job.instances != 1,
            **vpc_config(job.platform),
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": int(job.max_runtime.total_seconds())},
        "Environment": asl.fields(job.environment),
        "Tags": job.platform.cost_tags(job.model),
    }


def _input(job: ProcessingJob, name: str, uri: str) -> asl.Json:
    shared = {"S3DataDistributionType": "ShardedByS3Key"} if name in job.sharded else {}
    return {
        "InputName": name.replace("/", "-"),
        "S3Input": {
            **asl.field("S3Uri", uri),
            "LocalPath": f"{_INPUT}/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            **shared,
        },
    }


def _output(name: str, uri: str) -> asl.Json:
    return {
        "OutputName": name.replace("/", "-"),
        "S3Output": {
            **asl.field("S3Uri", uri),
            "LocalPath": f"{_OUTPUT}/{name}",
            "S3UploadMode": "EndOfJob",
        },
    }
