from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import Workbench, image, unique, until

ENDED = {"Completed", "Failed", "Stopped"}
SCORE = {"Name": "validation:score", "Regex": r"validation:score=([-0-9.]+)"}


@pytest.fixture(scope="module")
def bench(cloud: LocalCloud) -> Workbench:
    return Workbench.create(cloud)


def start(bench: Workbench, hyperparameters: dict[str, str] | None = None, **fields: Any) -> str:
    name = unique("train")
    bench.put("train/part-0.csv", "1,2")
    channel = {"S3DataType": "S3Prefix", "S3Uri": bench.uri("train/")}
    request = {
        "TrainingJobName": name,
        "RoleArn": bench.role,
        "AlgorithmSpecification": {
            "TrainingImage": image("test_trainer"),
            "TrainingInputMode": "File",
            "MetricDefinitions": [SCORE],
        },
        "HyperParameters": hyperparameters or {},
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": channel},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": bench.uri("models")},
        "ResourceConfig": {
            "InstanceCount": 1,
            "InstanceType": "ml.m5.large",
            "VolumeSizeInGB": 1,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }
    bench.client("sagemaker").create_training_job(**request | fields)
    return name


def describe(bench: Workbench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.client("sagemaker").describe_training_job(TrainingJobName=name)
    return found


def end_of(bench: Workbench, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = describe(bench, name)
        return found if found["TrainingJobStatus"] in ENDED else None

    return until(look)


def run(bench: Workbench, hyperparameters: dict[str, str], **fields: Any) -> dict[str, Any]:
    return end_of(bench, start(bench, hyperparameters, **fields))


def model_of(bench: Workbench, job: dict[str, Any], artefact: str = "model") -> tarfile.TarFile:
    data = bench.get(f"models/{job['TrainingJobName']}/output/{artefact}.tar.gz")
    return tarfile.open(fileobj=io.BytesIO(data))


def model_document(bench: Workbench, job: dict[str, Any]) -> dict[str, Any]:
    member = model_of(bench, job).extractfile("model.json")
    assert member is not None
    found: dict[str, Any] = json.load(member)
    return found


def test_a_training_job_turns_channels_and_hyperparameters_into_a_model(bench: Workbench) -> None:
    job = run(bench, {"x": "0.3", "y": "7"}, Environment={"RUN_ID": "run-1"})
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    uri = bench.uri(f"models/{job['TrainingJobName']}/output/model.tar.gz")
    assert job["ModelArtifacts"] == {"S3ModelArtifacts": uri}
    found = model_document(bench, job)
    assert found["hyperparameters"] == {"x": "0.3", "y": "7"}
    assert found["channels"] == ["train/part-0.csv"]
    assert found["arguments"] == ["train"]
    assert found["environment"]["RUN_ID"] == "run-1"
    assert found["environment"]["TRAINING_JOB_NAME"] == job["TrainingJobName"]
    assert found["input"]["train"]["ContentType"] == "text/csv"
    assert found["resources"]["hosts"] == ["algo-1"]
    assert model_of(bench, job, "output").getnames() == ["report.txt"]


def test_metrics_are_read_from_the_log(bench: Workbench) -> None:
    job = run(bench, {"x": "0.3", "y": "2"})
    (metric,) = job["FinalMetricDataList"]
    assert (metric["MetricName"], metric["Value"]) == ("validation:score", 0.75)


def test_the_job_tells_its_stages(bench: Workbench) -> None:
    job = run(bench, {})
    stages = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert stages == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert job["SecondaryStatus"] == "Completed"
    assert job["BillableTimeInSeconds"] >= 1
    assert job["TrainingStartTime"] <= job["TrainingEndTime"]


def test_a_failed_program_says_why_in_its_failure_file(bench: Workbench) -> None:
    job = run(bench, {"mode": "fail"})
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: exit code: 1\nthe label column is constant"
    assert bench.keys(f"models/{job['TrainingJobName']}/") == []


def test_a_stopped_job_keeps_the_model_it_saved_on_sigterm(bench: Workbench) -> None:
    name = start(bench, {"mode": "wait"})
    until(lambda: describe(bench, name)["SecondaryStatus"] == "Training")
    bench.client("sagemaker").stop_training_job(TrainingJobName=name)
    job = end_of(bench, name)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert "S3ModelArtifacts" in job["ModelArtifacts"]


def test_a_job_that_runs_too_long_is_stopped(bench: Workbench) -> None:
    job = run(bench, {"mode": "wait"}, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert job["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert model_document(bench, job) == {"interrupted": True}


def test_an_unreadable_metric_regex_is_refused(bench: Workbench) -> None:
    algorithm = {
        "TrainingImage": image("test_trainer"),
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "score", "Regex": "score=("}],
    }
    with pytest.raises(ClientError, match="which is no regular expression"):
        start(bench, AlgorithmSpecification=algorithm)


def test_training_jobs_are_listed_newest_first(bench: Workbench) -> None:
    first, second = run(bench, {}), run(bench, {})
    names = [
        each["TrainingJobName"]
        for each in bench.client("sagemaker").list_training_jobs(MaxResults=2)[
            "TrainingJobSummaries"
        ]
    ]
    assert names == [second["TrainingJobName"], first["TrainingJobName"]]


def test_tags_of_a_job_are_found_by_its_arn(bench: Workbench) -> None:
    job = run(bench, {}, Tags=[{"Key": "run", "Value": "7"}])
    found = bench.client("sagemaker").list_tags(ResourceArn=job["TrainingJobArn"])
    assert found["Tags"] == [{"Key": "run", "Value": "7"}]
