"""Processing jobs: any program over files from S3 to files in S3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from localcloud.jobs.download import Source
from localcloud.jobs.instances import Instances, Program, prepare
from localcloud.jobs.lifecycle import Job, ask_to_stop, start
from localcloud.jobs.listing import page
from localcloud.jobs.operations import Parameters, answer, refuse
from localcloud.jobs.records import Kind, collection, find, utc_now
from localcloud.jobs.run import End, Ending, failure_reason
from localcloud.jobs.upload import upload_folder
from localcloud.state import settings

KIND = Kind(
    noun="ProcessingJob",
    resource="processing-job",
    collection="processing_jobs",
    event="SageMaker Processing Job State Change",
)
DEFAULT_SECONDS = 86_400
LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
MESSAGE = "output/message"
MESSAGE_BYTES = 1024
CREATE = "CreateProcessingJob"


def install() -> None:
    """Answer the operations of processing jobs."""
    answer(CREATE, create)
    answer("DescribeProcessingJob", lambda given: find(KIND, given[KIND.name_key]).describe())
    answer("StopProcessingJob", stop)
    answer("ListProcessingJobs", list_jobs)


def create(request: Parameters) -> Parameters:
    """Start the job; answers at once, the program runs on."""
    for given in request.get("ProcessingInputs", []):
        _check_input(given)
    for given in request.get("ProcessingOutputConfig", {}).get("Outputs", []):
        _check_output(given)
    job = Job(KIND, request)
    start(job, run, fail)
    return {KIND.arn_key: job.arn}


def stop(given: Parameters) -> Parameters:
    """Send SIGTERM, and SIGKILL two minutes later; the job becomes Stopping, then Stopped."""
    job = find(KIND, given[KIND.name_key])
    assert isinstance(job, Job)
    ask_to_stop(job)
    return {}


def list_jobs(given: Parameters) -> Parameters:
    """One page of summaries."""
    fields = (
        KIND.name_key, KIND.arn_key, KIND.status_key, "CreationTime", "LastModifiedTime",
        "ProcessingEndTime", "FailureReason", "ExitMessage",
    )  # fmt: skip
    jobs, token = page(list(collection(KIND).values()), given)
    described = [job.describe() for job in jobs]
    summaries = [{key: each[key] for key in fields if key in each} for each in described]
    return {"ProcessingJobSummaries": summaries, **token}


def run(job: Job) -> None:
    """Bring a job from its inputs to its final status."""
    cluster = job.request["ProcessingResources"]["ClusterConfig"]
    program = _program(job)
    instances = prepare(
        settings().home / "jobs" / "processing" / job.name,
        program,
        job.request["RoleArn"],
        int(cluster["InstanceCount"]),
    )
    try:
        _lay_out(job, instances)
        job.change(ProcessingStartTime=utc_now())
        ending = instances.run(program, job.stop, _seconds(job))
        _conclude(job, instances, ending)
    finally:
        instances.close(LOG_GROUP)


def fail(job: Job, reason: str) -> None:
    """End the job as failed."""
    job.finish("Failed", FailureReason=reason, ProcessingEndTime=utc_now())


def _check_input(given: Parameters) -> None:
    name, s3 = given["InputName"], given.get("S3Input")
    if s3 is None or given.get("DatasetDefinition"):
        raise refuse(CREATE, f"input {name} from a DatasetDefinition", "S3Input")
    if s3.get("S3InputMode", "File") != "File":
        raise refuse(CREATE, f"input {name} in {s3['S3InputMode']} mode", "S3InputMode File")
    if s3.get("S3CompressionType", "None") != "None":
        raise refuse(CREATE, f"input {name} with compression", "S3CompressionType None")


def _check_output(given: Parameters) -> None:
    name, s3 = given["OutputName"], given.get("S3Output")
    if s3 is None:
        raise refuse(CREATE, f"output {name} to a feature store", "S3Output")
    if s3["S3UploadMode"] != "EndOfJob":
        raise refuse(CREATE, f"output {name} in Continuous mode", "S3UploadMode EndOfJob")


def _program(job: Job) -> Program:
    application = job.request["AppSpecification"]
    return Program(
        image_uri=application["ImageUri"],
        entrypoint=application.get("ContainerEntrypoint", []),
        arguments=application.get("ContainerArguments", []),
        environment=job.request.get("Environment", {}),
    )


def _seconds(job: Job) -> int:
    return int(job.request.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DEFAULT_SECONDS))


def _outputs(job: Job) -> list[dict[str, Any]]:
    outputs = job.request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    return [output["S3Output"] for output in outputs]


def _lay_out(job: Job, instances: Instances) -> None:
    """Everything that the program finds when it starts."""
    for given in job.request.get("ProcessingInputs", []):
        s3 = given["S3Input"]
        source = Source(
            uri=s3["S3Uri"],
            kind=s3["S3DataType"],
            distribution=s3.get("S3DataDistributionType", "FullyReplicated"),
        )
        instances.download(source, s3["LocalPath"])
    for output in _outputs(job):
        for container in instances.containers:
            container.path(output["LocalPath"]).mkdir(parents=True, exist_ok=True)
    config = {key: value for key, value in job.request.items() if key != "ExperimentConfig"}
    instances.write_config("config/processingjobconfig.json", {KIND.arn_key: job.arn, **config})
    instances.write_host_config("config/resourceconfig.json", {})


def _conclude(job: Job, instances: Instances, ending: Ending) -> None:
    message = _exit_message(instances.containers[ending.instance].ml / MESSAGE)
    fields: dict[str, Any] = {"ExitMessage": message} if message else {}
    if ending.end is End.FINISHED:
        for container in instances.containers:
            for output in _outputs(job):
                upload_folder(instances.s3, container.path(output["LocalPath"]), output["S3Uri"])
        job.finish("Completed", ProcessingEndTime=utc_now(), **fields)
    elif ending.end is End.FAILED:
        fields["FailureReason"] = failure_reason(ending, "", instances.log_tail(ending.instance))
        job.finish("Failed", ProcessingEndTime=utc_now(), **fields)
    else:
        if ending.end is End.OUT_OF_TIME:
            fields["FailureReason"] = (
                f"ClientError: the job ran longer than MaxRuntimeInSeconds = {_seconds(job)}"
            )
        job.finish("Stopped", ProcessingEndTime=utc_now(), **fields)


def _exit_message(path: Path) -> str:
    """The first kilobyte of what the program left for whoever describes the job."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return stream.read(MESSAGE_BYTES).decode("utf-8", errors="ignore")
