"""A tuning job and its children, and what both say about themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.jobs.lifecycle import Job
from localcloud.jobs.records import Kind
from localcloud.jobs.tuning_request import objective

KIND = Kind(
    noun="HyperParameterTuningJob",
    resource="hyper-parameter-tuning-job",
    collection="hyper_parameter_tuning_jobs",
    event="SageMaker HyperParameter Tuning Job State Change",
)
# SageMaker's counters of training jobs, and the statuses that each counts.
COUNTERS = {
    "Completed": ("Completed",),
    "InProgress": ("InProgress", "Stopping"),
    "RetryableError": (),
    "NonRetryableError": ("Failed",),
    "Stopped": ("Stopped",),
}
CHILD_FIELDS = (
    "TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "CreationTime", "TrainingStartTime",
    "TrainingEndTime", "FailureReason",
)  # fmt: skip


@dataclass(frozen=True)
class Child:
    """One training job of a tuning job: trial `number`, with the hyperparameters that it tries."""

    number: int
    tuning_job: str
    goal: Mapping[str, str]
    tuned: Mapping[str, str]
    job: Job

    @property
    def objective(self) -> float | None:
        """The objective's value; None before the end, after a failure, and where it is missing."""
        if self.job.status not in {"Completed", "Stopped"}:
            return None
        metrics = self.job.get("FinalMetricDataList") or []
        values = {each["MetricName"]: float(each["Value"]) for each in metrics}
        return values.get(self.goal["MetricName"])

    @property
    def objective_status(self) -> str:
        """Pending while it runs, then Succeeded or Failed."""
        if not self.job.done.is_set():
            return "Pending"
        return "Succeeded" if self.objective is not None else "Failed"

    def summary(self) -> dict[str, Any]:
        """SageMaker's HyperParameterTrainingJobSummary."""
        described = self.job.describe()
        value = self.objective
        metric = {"FinalHyperParameterTuningJobObjectiveMetric": {**self.goal, "Value": value}}
        return {
            **{key: described[key] for key in CHILD_FIELDS if key in described},
            "TuningJobName": self.tuning_job,
            "TunedHyperParameters": dict(self.tuned),
            "ObjectiveStatus": self.objective_status,
            **(metric if value is not None else {}),
        }


class TuningJob(Job):
    """A tuning job with its children, the oldest first."""

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(KIND, request)
        self.children: list[Child] = []

    @property
    def config(self) -> dict[str, Any]:
        """The request's HyperParameterTuningJobConfig."""
        found: dict[str, Any] = self.request["HyperParameterTuningJobConfig"]
        return found

    @property
    def goal(self) -> dict[str, str]:
        """The objective: Type (Maximize or Minimize) and MetricName."""
        return objective(self.request)

    @property
    def best(self) -> Child | None:
        """The child with the best objective so far; of equals, the first."""
        sign = 1 if self.goal["Type"] == "Maximize" else -1
        judged = ((child, child.objective) for child in list(self.children))
        scored = [(child, sign * value) for child, value in judged if value is not None]
        return max(scored, key=lambda pair: pair[1])[0] if scored else None

    def describe(self) -> dict[str, Any]:
        """The whole job, its children counted as they are now."""
        children = list(self.children)
        statuses = Counter(child.job.status for child in children)
        objectives = Counter(child.objective_status for child in children)
        best = self.best
        return {
            **super().describe(),
            "TrainingJobStatusCounters": {
                name: sum(statuses[each] for each in counted) for name, counted in COUNTERS.items()
            },
            "ObjectiveStatusCounters": {
                name: objectives[name] for name in ("Succeeded", "Pending", "Failed")
            },
            **({"BestTrainingJob": best.summary()} if best else {}),
        }
