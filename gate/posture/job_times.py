"""How long a job that a state starts may go on, as its own request limits it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gate.posture.tasks import Task
from gate.reading import mappings, number, within

_TUNING = "HyperParameterTuningJobConfig.ResourceLimits"
# Where a request says it, and how many seconds its unit has.
_LIMITS: Mapping[tuple[str, str], tuple[str, int]] = {
    ("batch", "submitJob"): ("Timeout.AttemptDurationSeconds", 1),
    ("codebuild", "startBuild"): ("TimeoutInMinutesOverride", 60),
    ("emr-serverless", "startJobRun"): ("ExecutionTimeoutMinutes", 60),
    ("glue", "startJobRun"): ("Timeout", 60),
}
_STOPS = "StoppingCondition.MaxRuntimeInSeconds"


def longest_job(task: Task) -> float | None:
    """The seconds that a task's job may take; None where its request does not say."""
    request = task.state.get("Parameters") or task.state.get("Arguments")
    if task.operation == "createHyperParameterTuningJob":
        return _longest_tuning(request)
    path, unit = _LIMITS.get((task.service, task.operation), (_STOPS, 1))
    limit = number(within(request, path))
    return None if limit is None else limit * unit


def _longest_tuning(request: object) -> float | None:
    """Its own limit, or its trials one round after the other, whichever is less."""
    own = number(within(request, f"{_TUNING}.MaxRuntimeInSeconds"))
    trials = number(within(request, f"{_TUNING}.MaxNumberOfTrainingJobs"))
    at_once = number(within(request, f"{_TUNING}.MaxParallelTrainingJobs"))
    each = [
        number(within(definition, _STOPS))
        for key in ("TrainingJobDefinition", "TrainingJobDefinitions")
        for definition in mappings(request, key)
    ]
    known = [own] if own else []
    longest = [limit for limit in each if limit]
    if trials and at_once and longest and len(longest) == len(each):
        known.append(math.ceil(trials / at_once) * max(longest))
    return min(known, default=None)
