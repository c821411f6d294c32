"""Training jobs: SageMaker's operations of them, and their life from channels to model.tar.gz."""

from __future__ import annotations

from typing import Any

from localcloud.jobs import training_files as files
from localcloud.jobs.instances import Instances, Program, prepare
from localcloud.jobs.lifecycle import Job, ask_to_stop, seconds_since, start, tell
from localcloud.jobs.listing import page
from localcloud.jobs.metric_definitions import check_definitions, final_metrics
from localcloud.jobs.operations import Parameters, answer, refuse
from localcloud.jobs.records import Kind, collection, find, utc_now
from localcloud.jobs.run import End, Ending, failure_reason
from localcloud.state import settings

KIND = Kind(
    noun="TrainingJob",
    resource="training-job",
    collection="training_jobs",
    event="SageMaker Training Job State Change",
)
CREATE = "CreateTrainingJob"
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
DEFAULT_SECONDS = 86_400
SUMMARY = (
    KIND.name_key, KIND.arn_key, KIND.status_key, "SecondaryStatus", "CreationTime",
    "LastModifiedTime", "TrainingEndTime",
)  # fmt: skip
WORDS = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Stopping": "Stopping the training job",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job stopped: it ran longer than MaxRuntimeInSeconds",
}


def install() -> None:
    """Answer the operations of training jobs."""
    answer(CREATE, lambda request: {KIND.arn_key: create(request).arn})
    answer("DescribeTrainingJob", lambda given: find(KIND, given[KIND.name_key]).describe())
    answer("StopTrainingJob", stop)
    answer("ListTrainingJobs", list_jobs)


def create(request: Parameters, **state: Any) -> Job:
    """Start a job and return it; `state` are fields that its creator adds (a tuning job does)."""
    if not request["AlgorithmSpecification"].get("TrainingImage"):
        raise refuse(CREATE, "an algorithm without TrainingImage", "a training image")
    if request["AlgorithmSpecification"].get("TrainingInputMode") == "Pipe":
        raise refuse(CREATE, "TrainingInputMode Pipe", "File or FastFile")
    if request["OutputDataConfig"].get("CompressionType", "GZIP") != "GZIP":
        raise refuse(CREATE, "output CompressionType NONE", "GZIP")
    check_definitions(request["AlgorithmSpecification"].get("MetricDefinitions", []))
    for channel in request.get("InputDataConfig", []):
        files.check_channel(CREATE, channel)
    job = Job(KIND, request, SecondaryStatusTransitions=[], EnableNetworkIsolation=False, **state)
    enter(job, "Starting")
    start(job, run, fail)
    return job


def stop(given: Parameters) -> Parameters:
    """Send SIGTERM, and SIGKILL two minutes later; what was written until then is uploaded."""
    job = find(KIND, given[KIND.name_key])
    assert isinstance(job, Job)
    if not job.done.is_set():
        enter(job, "Stopping")
    ask_to_stop(job)
    return {}


def list_jobs(given: Parameters) -> Parameters:
    """One page of summaries."""
    jobs, token = page(list(collection(KIND).values()), given)
    described = [job.describe() for job in jobs]
    return {"TrainingJobSummaries": [summary(each) for each in described], **token}


def summary(described: Parameters) -> Parameters:
    """What the List operations say of a job."""
    return {key: described[key] for key in SUMMARY if key in described}


def enter(job: Job, secondary: str) -> None:
    """Note a secondary status, with the time at which the one before it ended."""
    now = utc_now()
    earlier = [dict(each) for each in job.get("SecondaryStatusTransitions")]
    if earlier:
        earlier[-1].setdefault("EndTime", now)
    entered = {"Status": secondary, "StartTime": now, "StatusMessage": WORDS[secondary]}
    job.change(SecondaryStatus=secondary, SecondaryStatusTransitions=[*earlier, entered])


def run(job: Job) -> None:
    """Bring a job from its channels to its final status."""
    program = _program(job)
    resources = job.request["ResourceConfig"]
    instances = prepare(
        settings().home / "jobs" / "training" / job.name,
        program,
        job.request["RoleArn"],
        int(resources.get("InstanceCount", 1)),
    )
    try:
        enter(job, "Downloading")
        files.lay_out(job, instances)
        enter(job, "Training")
        job.change(TrainingStartTime=utc_now())
        tell(job)
        ending = instances.run(program, job.stop, _seconds(job))
        job.change(TrainingEndTime=utc_now())
        _conclude(job, instances, ending)
    finally:
        instances.close(LOG_GROUP)


def fail(job: Job, reason: str) -> None:
    """End the job as failed."""
    if job.get("TrainingEndTime") is None:
        job.change(TrainingEndTime=utc_now())
    _finish(job, "Failed", "Failed", FailureReason=reason)


def _program(job: Job) -> Program:
    algorithm = job.request["AlgorithmSpecification"]
    entrypoint = algorithm.get("ContainerEntrypoint", [])
    default = [] if entrypoint else ["train"]
    return Program(
        image_uri=algorithm["TrainingImage"],
        entrypoint=entrypoint,
        arguments=algorithm.get("ContainerArguments") or default,
        environment={
            **job.request.get("Environment", {}),
            "TRAINING_JOB_NAME": job.name,
            "TRAINING_JOB_ARN": job.arn,
        },
    )


def _seconds(job: Job) -> int:
    return int(job.request["StoppingCondition"].get("MaxRuntimeInSeconds", DEFAULT_SECONDS))


def _conclude(job: Job, instances: Instances, ending: Ending) -> None:
    definitions = job.request["AlgorithmSpecification"].get("MetricDefinitions", [])
    job.change(FinalMetricDataList=final_metrics(definitions, instances.log_text(0)))
    files.save_checkpoints(job, instances)
    if ending.end is End.FAILED:
        said = files.failure_message(instances.containers[ending.instance])
        fail(job, failure_reason(ending, said, instances.log_tail(ending.instance)))
        return
    enter(job, "Uploading")
    job.change(ModelArtifacts={"S3ModelArtifacts": files.upload(job, instances)})
    if ending.end is End.FINISHED:
        _finish(job, "Completed", "Completed")
    elif ending.end is End.STOPPED:
        _finish(job, "Stopped", "Stopped")
    else:
        _finish(job, "Stopped", "MaxRuntimeExceeded")


def _finish(job: Job, status: str, secondary: str, **fields: Any) -> None:
    started = job.get("TrainingStartTime")
    if started is not None:
        seconds = seconds_since(started)
        job.change(TrainingTimeInSeconds=seconds, BillableTimeInSeconds=seconds)
    enter(job, secondary)
    job.finish(status, **fields)
