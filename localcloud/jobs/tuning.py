"""Hyperparameter tuning jobs: SageMaker's operations of them, and the loop over their children."""

from __future__ import annotations

import secrets
import time
from typing import Any

from localcloud.jobs import training
from localcloud.jobs.lifecycle import Job, ask_to_stop, start
from localcloud.jobs.listing import cut, page
from localcloud.jobs.operations import Parameters, answer
from localcloud.jobs.records import collection, find, utc_now
from localcloud.jobs.run import shortened
from localcloud.jobs.search_space import read_ranges
from localcloud.jobs.tuning_job import KIND, Child, TuningJob
from localcloud.jobs.tuning_request import check_request, child_request, definition

POLL_SECONDS = 0.05
NO_LIMIT = 10**9


def install() -> None:
    """Answer the operations of tuning jobs."""
    answer("CreateHyperParameterTuningJob", create)
    answer("DescribeHyperParameterTuningJob", lambda given: _find(given).describe())
    answer("StopHyperParameterTuningJob", stop)
    answer("ListHyperParameterTuningJobs", list_jobs)
    answer("ListTrainingJobsForHyperParameterTuningJob", list_children)


def create(request: Parameters) -> Parameters:
    """Start the job; its training jobs follow in the background."""
    check_request(request)
    job = TuningJob(request)
    start(job, run, fail)
    return {KIND.arn_key: job.arn}


def stop(given: Parameters) -> Parameters:
    """Stop the running children and start no more."""
    ask_to_stop(_find(given))
    return {}


def list_jobs(given: Parameters) -> Parameters:
    """One page of summaries."""
    jobs, token = page(list(collection(KIND).values()), given)
    return {"HyperParameterTuningJobSummaries": [_summary(job.describe()) for job in jobs], **token}


def list_children(given: Parameters) -> Parameters:
    """One page of a tuning job's training jobs."""
    children = [
        child
        for child in _find(given).children
        if given.get("StatusEquals") in {None, child.job.status}
    ]
    children.sort(
        key=lambda child: _child_key(child, given.get("SortBy", "Name")),
        reverse=given.get("SortOrder", "Ascending") == "Descending",
    )
    kept, token = cut(children, given)
    return {"TrainingJobSummaries": [child.summary() for child in kept], **token}


def run(job: Job) -> None:
    """Start children as the search proposes them, never more at once than allowed."""
    assert isinstance(job, TuningJob)
    search = _new_search(job)
    limits = job.config["ResourceLimits"]
    most = int(limits.get("MaxNumberOfTrainingJobs", NO_LIMIT))
    deadline = time.monotonic() + int(limits.get("MaxRuntimeInSeconds", NO_LIMIT))
    running: list[Child] = []
    while not job.stop.is_set() and time.monotonic() < deadline:
        for child in [child for child in running if child.job.done.is_set()]:
            running.remove(child)
            search.tell(child.number, child.objective)
        room = len(running) < int(limits["MaxParallelTrainingJobs"])
        proposed = search.ask() if room and len(job.children) < most else None
        if proposed is not None:
            running.append(_start_child(job, proposed))
        elif not running:
            break
        else:
            job.stop.wait(POLL_SECONDS)
    _end_children(job, running)
    _conclude(job)


def fail(job: Job, reason: str) -> None:
    """End the job as failed."""
    job.finish("Failed", FailureReason=shortened(reason), HyperParameterTuningEndTime=utc_now())


def _find(given: Parameters) -> TuningJob:
    job = find(KIND, given[KIND.name_key])
    assert isinstance(job, TuningJob)
    return job


def _new_search(job: TuningJob) -> Any:
    # Late: optuna takes most of a second to import, and only tuning jobs need it.
    from localcloud.jobs.search import Plan, new_search  # noqa: PLC0415

    definition_ = definition(job.request)
    ranges = job.config.get("ParameterRanges") or definition_["HyperParameterRanges"]
    return new_search(
        Plan(
            strategy=job.config["Strategy"],
            ranges=read_ranges(ranges),
            maximize=job.goal["Type"] == "Maximize",
            trials=int(job.config["ResourceLimits"].get("MaxNumberOfTrainingJobs", 0)),
            seed=job.config.get("RandomSeed"),
        )
    )


def _start_child(job: TuningJob, tuned: dict[str, str]) -> Child:
    number = len(job.children)
    name = f"{job.name}-{number + 1:03d}-{secrets.token_hex(4)}"
    request = child_request(job.request, name, tuned, job.goal["MetricName"])
    request["Tags"] = list(job.tags)
    child = Child(
        number=number,
        tuning_job=job.name,
        goal=job.goal,
        tuned=tuned,
        job=training.create(request, TuningJobArn=job.arn),
    )
    job.children.append(child)
    return child


def _end_children(job: TuningJob, running: list[Child]) -> None:
    for child in running:
        child.job.stop.grace_seconds = job.stop.grace_seconds
        training.stop({training.KIND.name_key: child.job.name})
    for child in running:
        child.job.done.wait()


def _conclude(job: TuningJob) -> None:
    ended = utc_now()
    if job.stop.is_set():
        job.finish("Stopped", HyperParameterTuningEndTime=ended)
    elif all(child.job.status == "Failed" for child in job.children):
        first = job.children[0].job.get("FailureReason") if job.children else "none was started"
        fail(job, f"All training jobs failed. The first one's reason: {first}")
    elif job.best is None:
        fail(
            job,
            f"No objective metric {job.goal['MetricName']} was found in what the training jobs "
            "printed. Please ensure that the algorithm emits it as its regular expression says.",
        )
    else:
        job.finish("Completed", HyperParameterTuningEndTime=ended)


def _child_key(child: Child, field: str) -> Any:
    if field == "FinalObjectiveMetricValue":
        missing = child.objective is None
        return (not missing, child.objective or 0.0)
    if field == "Status":
        return child.job.status
    return child.number


def _summary(described: Parameters) -> Parameters:
    config = described["HyperParameterTuningJobConfig"]
    fields = (
        KIND.name_key, KIND.arn_key, KIND.status_key, "CreationTime", "LastModifiedTime",
        "HyperParameterTuningEndTime", "TrainingJobStatusCounters", "ObjectiveStatusCounters",
    )  # fmt: skip
    return {
        "Strategy": config["Strategy"],
        "ResourceLimits": config["ResourceLimits"],
        **{key: described[key] for key in fields if key in described},
    }
