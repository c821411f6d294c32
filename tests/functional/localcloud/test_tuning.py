from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import Workbench, image, unique, until

ENDED = {"Completed", "Failed", "Stopped"}
SCORE = {"Name": "validation:score", "Regex": r"validation:score=([-0-9.]+)"}
RANGES = {
    "ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}],
    "IntegerParameterRanges": [{"Name": "y", "MinValue": "1", "MaxValue": "20"}],
    "CategoricalParameterRanges": [{"Name": "rate", "Values": ["slow", "fast"]}],
}


@pytest.fixture(scope="module")
def bench(cloud: LocalCloud) -> Workbench:
    return Workbench.create(cloud)


def config(strategy: str, most: int, parallel: int = 2, **fields: Any) -> dict[str, Any]:
    return {
        "Strategy": strategy,
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": SCORE["Name"]},
        "ResourceLimits": {
            "MaxNumberOfTrainingJobs": most,
            "MaxParallelTrainingJobs": parallel,
        },
        "ParameterRanges": RANGES,
        "RandomSeed": 7,
        **fields,
    }


def start(bench: Workbench, tuning: dict[str, Any], **static: str) -> str:
    name = unique("tune")
    bench.client("sagemaker").create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig=tuning,
        TrainingJobDefinition={
            "StaticHyperParameters": static,
            "AlgorithmSpecification": {
                "TrainingImage": image("test_trainer"),
                "TrainingInputMode": "File",
                "MetricDefinitions": [SCORE],
            },
            "RoleArn": bench.role,
            "OutputDataConfig": {"S3OutputPath": bench.uri("tuned")},
            "ResourceConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 1,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            "Environment": {"RUN_ID": "run-7"},
        },
    )
    return name


def describe(bench: Workbench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.client("sagemaker").describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name
    )
    return found


def end_of(bench: Workbench, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = describe(bench, name)
        return found if found["HyperParameterTuningJobStatus"] in ENDED else None

    return until(look)


def children(bench: Workbench, name: str, **fields: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bench.client(
        "sagemaker"
    ).list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, MaxResults=100, **fields
    )["TrainingJobSummaries"]
    return found


def score(child: dict[str, Any]) -> float:
    value: float = child["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    return value


def test_a_bayesian_search_finds_better_hyperparameters(bench: Workbench) -> None:
    job = end_of(bench, name := start(bench, config("Bayesian", 6)))
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobStatusCounters"]["Completed"] == 6
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 6, "Pending": 0, "Failed": 0}
    best, *others = children(
        bench, name, SortBy="FinalObjectiveMetricValue", SortOrder="Descending"
    )
    assert job["BestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]
    assert all(score(best) >= score(other) for other in others)
    tuned = best["TunedHyperParameters"]
    assert 0 <= float(tuned["x"]) <= 1
    assert 1 <= int(tuned["y"]) <= 20
    assert tuned["rate"] in {"slow", "fast"}


def test_children_are_ordinary_training_jobs_with_the_tuned_hyperparameters(
    bench: Workbench,
) -> None:
    name = start(bench, config("Random", 1, parallel=1), depth="3")
    job = end_of(bench, name)
    (child,) = children(bench, name)
    trained = bench.client("sagemaker").describe_training_job(
        TrainingJobName=child["TrainingJobName"]
    )
    assert trained["TuningJobArn"] == job["HyperParameterTuningJobArn"]
    assert trained["Environment"] == {"RUN_ID": "run-7"}
    assert trained["HyperParameters"] == {
        "depth": "3",
        "_tuning_objective_metric": "validation:score",
        **child["TunedHyperParameters"],
    }


def test_the_same_seed_draws_the_same_hyperparameters(bench: Workbench) -> None:
    names = [start(bench, config("Random", 2, parallel=1)) for _ in range(2)]
    for name in names:
        end_of(bench, name)
    first, second = (
        [each["TunedHyperParameters"] for each in children(bench, name)] for name in names
    )
    assert first == second


def test_a_grid_tries_every_combination_once(bench: Workbench) -> None:
    ranges = {
        "CategoricalParameterRanges": [
            {"Name": "rate", "Values": ["slow", "fast"]},
            {"Name": "x", "Values": ["0.1", "0.3"]},
        ]
    }
    name = start(bench, config("Grid", 4, ParameterRanges=ranges))
    end_of(bench, name)
    tried = {tuple(sorted(each["TunedHyperParameters"].values())) for each in children(bench, name)}
    assert tried == {("0.1", "slow"), ("0.3", "slow"), ("0.1", "fast"), ("0.3", "fast")}


def test_a_tuning_job_fails_when_all_its_children_fail(bench: Workbench) -> None:
    job = end_of(bench, start(bench, config("Random", 2), mode="fail"))
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 2
    assert "the label column is constant" in job["FailureReason"]


def test_a_stopped_tuning_job_stops_its_children(bench: Workbench) -> None:
    name = start(bench, config("Random", 2), mode="wait")
    until(lambda: describe(bench, name)["TrainingJobStatusCounters"]["InProgress"] == 2)
    bench.client("sagemaker").stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    job = end_of(bench, name)
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 2


def test_hyperband_is_refused_clearly(bench: Workbench) -> None:
    with pytest.raises(ClientError, match="found Strategy Hyperband; expected Bayesian or Random"):
        start(bench, config("Hyperband", 2))


def test_an_objective_without_a_metric_definition_is_refused(bench: Workbench) -> None:
    objective = {"Type": "Maximize", "MetricName": "validation:auc"}
    with pytest.raises(ClientError, match="found no metric definition of this name"):
        start(bench, config("Random", 2, HyperParameterTuningJobObjective=objective))
