"""What a training program finds below /opt/ml, and what SageMaker takes from there."""

from __future__ import annotations

from typing import Any

from localcloud.jobs.container import Container
from localcloud.jobs.download import Source, list_items
from localcloud.jobs.instances import Instances
from localcloud.jobs.lifecycle import Job
from localcloud.jobs.operations import Parameters, refuse
from localcloud.jobs.upload import pack, upload_file, upload_folder

INPUT = "/opt/ml/input/data"
CHECKPOINTS = "/opt/ml/checkpoints"
MODEL = "/opt/ml/model"
OUTPUT_DATA = "/opt/ml/output/data"
FAILURE = "output/failure"
GROUP = "homogeneousCluster"


def check_channel(operation: str, channel: Parameters) -> None:
    """Refuse a channel that could not be laid out as it asks."""
    name, s3 = channel["ChannelName"], channel["DataSource"].get("S3DataSource")
    if s3 is None:
        raise refuse(operation, f"channel {name} from a file system", "S3DataSource")
    if s3["S3DataType"] not in {"S3Prefix", "ManifestFile"}:
        raise refuse(operation, f"channel {name} of {s3['S3DataType']}", "S3Prefix or ManifestFile")
    if channel.get("InputMode", "File") == "Pipe":
        raise refuse(operation, f"channel {name} in Pipe mode", "File or FastFile")
    if channel.get("CompressionType", "None") != "None":
        raise refuse(operation, f"channel {name} with compression", "CompressionType None")


def lay_out(job: Job, instances: Instances) -> None:
    """Channels, configuration files, earlier checkpoints and the folders to write to."""
    channels = job.request.get("InputDataConfig", [])
    for channel in channels:
        instances.download(_source(channel), f"{INPUT}/{channel['ChannelName']}")
    for container in instances.containers:
        for place in (MODEL, OUTPUT_DATA, CHECKPOINTS):
            container.path(place).mkdir(parents=True, exist_ok=True)
    _fetch_checkpoints(job, instances)
    instances.write_config("input/config/hyperparameters.json", _hyperparameters(job))
    instances.write_config(
        "input/config/inputdataconfig.json",
        {channel["ChannelName"]: _channel_config(job, channel) for channel in channels},
    )
    instances.write_host_config("input/config/resourceconfig.json", _resources(job, instances))


def upload(job: Job, instances: Instances) -> str:
    """Put model.tar.gz, and output.tar.gz where there is output data; the URI of the model."""
    base = f"{job.request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{job.name}/output"
    archive = instances.folder / "archive.tar.gz"
    pack([container.path(MODEL) for container in instances.containers], archive)
    upload_file(instances.s3, archive, f"{base}/model.tar.gz")
    if pack([container.path(OUTPUT_DATA) for container in instances.containers], archive):
        upload_file(instances.s3, archive, f"{base}/output.tar.gz")
    archive.unlink()
    return f"{base}/model.tar.gz"


def save_checkpoints(job: Job, instances: Instances) -> None:
    """Put the checkpoints, however the program ended: they are there to go on from."""
    given = job.request.get("CheckpointConfig")
    if given:
        for container in instances.containers:
            folder = container.path(given.get("LocalPath", CHECKPOINTS))
            upload_folder(instances.s3, folder, given["S3Uri"])


def failure_message(container: Container) -> str:
    """What the program wrote about its failure, for people to read."""
    path = container.ml / FAILURE
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _source(channel: Parameters) -> Source:
    s3 = channel["DataSource"]["S3DataSource"]
    return Source(
        uri=s3["S3Uri"],
        kind=s3["S3DataType"],
        distribution=s3.get("S3DataDistributionType", "FullyReplicated"),
    )


def _fetch_checkpoints(job: Job, instances: Instances) -> None:
    given = job.request.get("CheckpointConfig")
    if given and list_items(instances.s3, Source(given["S3Uri"])):
        instances.download(Source(given["S3Uri"]), given.get("LocalPath", CHECKPOINTS))


def _hyperparameters(job: Job) -> dict[str, str]:
    return {key: str(value) for key, value in job.request.get("HyperParameters", {}).items()}


def _channel_config(job: Job, channel: Parameters) -> dict[str, Any]:
    source = _source(channel)
    mode = job.request["AlgorithmSpecification"].get("TrainingInputMode", "File")
    return {
        "TrainingInputMode": channel.get("InputMode", mode),
        "S3DistributionType": source.distribution,
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
    }


def _resources(job: Job, instances: Instances) -> dict[str, Any]:
    kind = job.request["ResourceConfig"].get("InstanceType", "local")
    group = {
        "instance_group_name": GROUP,
        "instance_type": kind,
        "hosts": instances.hosts,
    }
    return {
        "current_instance_type": kind,
        "current_group_name": GROUP,
        "instance_groups": [group],
        "network_interface_name": "lo",
    }
