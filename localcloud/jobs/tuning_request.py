"""A tuning job's request: what of it is refused, and the training jobs that it asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from localcloud.jobs.metric_definitions import check_definitions
from localcloud.jobs.operations import Parameters, refuse
from localcloud.jobs.search_space import read_ranges
from localcloud.jobs.training_files import check_channel

CREATE = "CreateHyperParameterTuningJob"
STRATEGIES = ("Bayesian", "Random", "Grid")
LONGEST_NAME = 32
OBJECTIVE = "_tuning_objective_metric"
PASSED_ON = (
    "InputDataConfig", "OutputDataConfig", "StoppingCondition", "RoleArn", "Environment",
    "CheckpointConfig", "EnableNetworkIsolation", "EnableManagedSpotTraining", "VpcConfig",
    "EnableInterContainerTrafficEncryption", "RetryStrategy",
)  # fmt: skip
INSTANCE_FIELDS = ("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId")


def definition(request: Parameters) -> Parameters:
    """The training job definition, given alone or as a list of one."""
    several = request.get("TrainingJobDefinitions", [])
    found: Parameters = request.get("TrainingJobDefinition") or several[0]
    return found


def objective(request: Parameters) -> dict[str, str]:
    """The objective, which is the tuning job's own, or its definition's."""
    goal = request["HyperParameterTuningJobConfig"].get("HyperParameterTuningJobObjective")
    found = goal or definition(request)["TuningObjective"]
    return {"Type": found["Type"], "MetricName": found["MetricName"]}


def check_request(request: Parameters) -> None:
    """Refuse what is wrong, and what the laptop does not emulate."""
    name = request["HyperParameterTuningJobName"]
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            f"HyperParameterTuningJobName: found {len(name)} characters; expected at most 32"
        )
    if len(request.get("TrainingJobDefinitions", [])) > 1:
        raise refuse(CREATE, "several TrainingJobDefinitions", "one")
    for field in ("WarmStartConfig", "Autotune"):
        if request.get(field):
            raise refuse(CREATE, field, f"no {field}")
    if not (request.get("TrainingJobDefinition") or request.get("TrainingJobDefinitions")):
        raise ValidationError(f"{CREATE}: found no TrainingJobDefinition; expected one")
    _check_config(request)
    _check_definition(request)


def child_request(
    request: Parameters, name: str, tuned: Mapping[str, str], metric: str
) -> dict[str, Any]:
    """The request of one training job, which is named and tries the hyperparameters `tuned`."""
    given = definition(request)
    algorithm = given["AlgorithmSpecification"]
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": algorithm,
        "HyperParameters": {**given.get("StaticHyperParameters", {}), **tuned, OBJECTIVE: metric},
        "ResourceConfig": _resources(given),
        **{field: given[field] for field in PASSED_ON if field in given},
    }


def _check_config(request: Parameters) -> None:
    config = request["HyperParameterTuningJobConfig"]
    strategy = config["Strategy"]
    if strategy not in STRATEGIES:
        raise refuse(CREATE, f"Strategy {strategy}", " or ".join(STRATEGIES))
    if config.get("TuningJobCompletionCriteria"):
        raise refuse(CREATE, "TuningJobCompletionCriteria", "ResourceLimits")
    ranges = read_ranges(
        config.get("ParameterRanges") or definition(request).get("HyperParameterRanges", {})
    )
    limits = config["ResourceLimits"]
    most = limits.get("MaxNumberOfTrainingJobs")
    if strategy == "Grid":
        if any(each.kind != "Categorical" for each in ranges):
            raise ValidationError("Strategy Grid: found a numeric range; expected categorical ones")
        size = math.prod(len(each.values) for each in ranges)
        if most not in {None, size}:
            raise ValidationError(
                f"Strategy Grid: found MaxNumberOfTrainingJobs {most}; expected {size}, or none"
            )
    elif most is None and "MaxRuntimeInSeconds" not in limits:
        raise ValidationError(
            f"Strategy {strategy}: found no MaxNumberOfTrainingJobs and no MaxRuntimeInSeconds; "
            "expected a limit"
        )


def _check_definition(request: Parameters) -> None:
    given = definition(request)
    metrics = given["AlgorithmSpecification"].get("MetricDefinitions", [])
    check_definitions(metrics)
    wanted = objective(request)["MetricName"]
    if wanted not in {each["Name"] for each in metrics}:
        raise ValidationError(
            f"objective metric {wanted}: found no metric definition of this name; expected one of "
            f"{sorted(each['Name'] for each in metrics)}"
        )
    for channel in given.get("InputDataConfig", []):
        check_channel(CREATE, channel)


def _resources(given: Parameters) -> dict[str, Any]:
    """Tuning has a resource configuration of its own, besides that of training jobs."""
    if given.get("ResourceConfig"):
        found: dict[str, Any] = given["ResourceConfig"]
        return found
    own = given.get("HyperParameterTuningResourceConfig", {})
    first: Parameters = next(iter(own.get("InstanceConfigs", [])), {})
    fields = {**own, **first}
    return {field: fields[field] for field in INSTANCE_FIELDS if field in fields}
