from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import EventQueue, Workbench, image, unique, until

ENDED = {"Completed", "Failed", "Stopped"}
OUTPUT = "/opt/ml/processing/output"


@pytest.fixture(scope="module")
def bench(cloud: LocalCloud) -> Workbench:
    return Workbench.create(cloud)


def s3_input(name: str, uri: str, **fields: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"/opt/ml/processing/input/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            **fields,
        },
    }


def start(bench: Workbench, *steps: str, instances: int = 1, **fields: Any) -> str:
    name = unique("job")
    output = {"S3Uri": bench.uri(f"{name}/out"), "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
    request = {
        "ProcessingJobName": name,
        "RoleArn": bench.role,
        "AppSpecification": {
            "ImageUri": image("test_processor"),
            "ContainerArguments": list(steps) or ["describe"],
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": instances,
                "InstanceType": "ml.m5.large",
                "VolumeSizeInGB": 1,
            }
        },
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "out", "S3Output": output}]},
    }
    bench.client("sagemaker").create_processing_job(**request | fields)
    return name


def status_of(bench: Workbench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.client("sagemaker").describe_processing_job(
        ProcessingJobName=name
    )
    return found


def end_of(bench: Workbench, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = status_of(bench, name)
        return found if found["ProcessingJobStatus"] in ENDED else None

    return until(look)


def run(bench: Workbench, *steps: str, **fields: Any) -> dict[str, Any]:
    return end_of(bench, start(bench, *steps, **fields))


def report(bench: Workbench, job: dict[str, Any], host: str = "algo-1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bench.get(f"{job['ProcessingJobName']}/out/{host}.json"))
    return found


def test_a_job_runs_its_program_over_its_inputs_and_uploads_what_it_wrote(bench: Workbench) -> None:
    bench.put("data/a.csv", "1,2")
    bench.put("data/deep/b.csv", "3,4")
    job = run(
        bench,
        "describe",
        ProcessingInputs=[s3_input("data", bench.uri("data/"))],
        Environment={"PLACE": "/opt/ml/processing/input", "URI": "s3://bucket/opt/ml/x"},
    )
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ProcessingStartTime"] <= job["ProcessingEndTime"]
    found = report(bench, job)
    assert found["inputs"] == ["data/a.csv", "data/deep/b.csv"]
    assert found["arguments"] == ["describe"]
    environment = found["environment"]
    assert environment["GREETING"] == "hello from the image"
    assert environment["PLACE"] == f"{environment['ML_ROOT']}/processing/input"
    assert environment["URI"] == "s3://bucket/opt/ml/x"
    assert environment["AWS_SESSION_TOKEN"]
    assert environment["AWS_ENDPOINT_URL"] == bench.cloud.url
    assert found["resources"] == {"current_host": "algo-1", "hosts": ["algo-1"]}
    assert found["job"]["ProcessingJobArn"] == job["ProcessingJobArn"]


def test_the_program_sees_a_clean_environment(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_CALLER", "x")
    environment = report(bench, run(bench, "describe"))["environment"]
    assert "SECRET_OF_THE_CALLER" not in environment
    assert environment["HOME"] != "/root"


def test_sharded_inputs_are_spread_over_the_instances(bench: Workbench) -> None:
    for number in range(5):
        bench.put(f"shards/{number}.csv", "x")
    sharded = s3_input("shards", bench.uri("shards/"), S3DataDistributionType="ShardedByS3Key")
    job = run(bench, "describe", instances=2, ProcessingInputs=[sharded])
    first, second = (report(bench, job, host) for host in ("algo-1", "algo-2"))
    assert first["inputs"] == ["shards/0.csv", "shards/2.csv", "shards/4.csv"]
    assert second["inputs"] == ["shards/1.csv", "shards/3.csv"]
    assert second["resources"] == {"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]}


def test_a_manifest_names_the_objects_to_take(bench: Workbench) -> None:
    for name in ("one.csv", "two.csv", "three.csv"):
        bench.put(f"many/{name}", "x")
    manifest = [{"prefix": bench.uri("many/")}, "one.csv", "three.csv"]
    uri = bench.put("the.manifest", json.dumps(manifest))
    job = run(
        bench,
        "describe",
        ProcessingInputs=[s3_input("many", uri, S3DataType="ManifestFile")],
    )
    assert report(bench, job)["inputs"] == ["many/one.csv", "many/three.csv"]


def test_symlinks_are_not_uploaded(bench: Workbench) -> None:
    job = run(bench, "link")
    assert bench.keys(f"{job['ProcessingJobName']}/out/") == ["deep/real.txt"]


def test_the_exit_code_decides_and_the_log_tells_why(bench: Workbench) -> None:
    job = run(bench, "fail")
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: exit code: 3\nthe column 'temp' is missing"


def test_what_a_job_prints_is_in_cloudwatch_logs(bench: Workbench) -> None:
    name = run(bench, "fail")["ProcessingJobName"]
    group = "/aws/sagemaker/ProcessingJobs"

    logs = bench.client("logs")

    def look() -> list[str] | None:
        (stream,) = logs.describe_log_streams(
            logGroupName=group, logStreamNamePrefix=f"{name}/algo-1-"
        )["logStreams"] or [None]
        if stream is None:
            return None
        answer = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
        return [event["message"] for event in answer["events"]]

    assert until(look) == ["the column 'temp' is missing"]


def test_a_killed_program_ends_its_job_as_failed(bench: Workbench) -> None:
    job = run(bench, "killed")
    assert job["ProcessingJobStatus"] == "Failed"
    assert "killed by SIGKILL, exit code: 137" in job["FailureReason"]


def test_the_exit_message_is_cut_at_a_kilobyte(bench: Workbench) -> None:
    assert run(bench, "message")["ExitMessage"] == "m" * 1024


def test_a_stopped_job_gets_sigterm_and_becomes_stopped(bench: Workbench) -> None:
    name = start(bench, "wait")
    until(lambda: "ProcessingStartTime" in status_of(bench, name))
    bench.client("sagemaker").stop_processing_job(ProcessingJobName=name)
    assert end_of(bench, name)["ProcessingJobStatus"] == "Stopped"


def test_a_job_that_runs_too_long_is_stopped_and_says_so(bench: Workbench) -> None:
    job = run(bench, "wait", StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert job["ProcessingJobStatus"] == "Stopped"
    assert "MaxRuntimeInSeconds = 1" in job["FailureReason"]


def test_the_program_may_do_what_its_role_may(bench: Workbench) -> None:
    job = run(bench, "forbidden")
    assert job["ProcessingJobStatus"] == "Failed"
    assert "AccessDenied" in job["FailureReason"]


def test_inputs_are_read_under_the_jobs_role(bench: Workbench) -> None:
    bench.client("s3").put_object(Bucket=bench.bucket, Key="secret/x.csv", Body=b"x")
    job = run(
        bench,
        "describe",
        ProcessingInputs=[s3_input("data", f"s3://{bench.bucket}/secret/")],
    )
    assert job["ProcessingJobStatus"] == "Failed"
    assert "AccessDenied" in job["FailureReason"]


def test_an_empty_input_is_a_clear_failure(bench: Workbench) -> None:
    job = run(bench, "describe", ProcessingInputs=[s3_input("data", bench.uri("nowhere/"))])
    assert "No S3 objects found" in job["FailureReason"]


def test_an_unknown_image_is_a_clear_failure(bench: Workbench) -> None:
    job = run(bench, AppSpecification={"ImageUri": image("nothing-of-the-kind")})
    assert job["ProcessingJobStatus"] == "Failed"
    assert "found no image folder" in job["FailureReason"]


def test_a_taken_name_is_refused(bench: Workbench) -> None:
    name = start(bench)
    with pytest.raises(ClientError, match="ResourceInUse"):
        start(bench, ProcessingJobName=name)


def test_what_is_not_emulated_is_refused_at_once(bench: Workbench) -> None:
    piped = s3_input("data", bench.uri("data/"), S3InputMode="Pipe")
    with pytest.raises(ClientError, match=r"found input data in Pipe mode; expected S3InputMode"):
        start(bench, ProcessingInputs=[piped])


def test_every_change_of_a_job_is_an_event(bench: Workbench) -> None:
    events = EventQueue.create(bench, "SageMaker Processing Job State Change")
    job = run(bench, "describe")

    def completed(detail: dict[str, Any]) -> bool:
        name, status = detail["ProcessingJobName"], detail["ProcessingJobStatus"]
        return (name, status) == (job["ProcessingJobName"], "Completed")

    found = events.next(completed)
    assert found["source"] == "aws.sagemaker"
    assert found["resources"] == [job["ProcessingJobArn"]]
    ended = job["ProcessingEndTime"].timestamp() * 1000
    assert found["detail"]["ProcessingEndTime"] == round(ended)


def test_jobs_are_listed_by_name_and_status(bench: Workbench) -> None:
    job = run(bench)
    found = bench.client("sagemaker").list_processing_jobs(
        NameContains=job["ProcessingJobName"], StatusEquals="Completed"
    )["ProcessingJobSummaries"]
    assert [each["ProcessingJobName"] for each in found] == [job["ProcessingJobName"]]
