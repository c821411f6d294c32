"""Jobs of one run hand on what is written by then, and roles of services are handed to them."""

from __future__ import annotations

import pytest

from gate.wiring import idle_roles, job_data
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    changed,
    found,
    function,
    machine,
    ref,
    resource,
    role,
)

RUN = "States.Format('s3://data/runs/{}/%s', $.run)"
CALL = "arn:aws:states:::sagemaker:createProcessingJob.sync"
PREPARE = "Machine.Properties.Definition.States.Prepare"


def job(own_role: str, **request: object) -> Json:
    return {"Type": "Task", "Resource": CALL, "Parameters": {"RoleArn": arn(own_role), **request}}


WRITES = {"Outputs": [{"S3Output": {"S3Uri.$": RUN % "train"}}]}
READS = [{"S3Input": {"S3Uri.$": RUN % "train/"}}]
DEFINITION = {
    "StartAt": "Prepare",
    "States": {
        "Prepare": {**job("Preparing", ProcessingOutputConfig=WRITES), "Next": "Train"},
        "Train": {**job("Training", ProcessingInputs=READS), "End": True},
    },
}
SOUND: dict[str, Json] = {
    "Machine": machine(DEFINITION),
    "Role": role("states"),
    "Group": resource("Logs::LogGroup"),
    "Bucket": resource("S3::Bucket", BucketName="data"),
    "Preparing": role("sagemaker", allow("s3:PutObject", "arn:aws:s3:::data/*")),
    "Training": role("sagemaker", allow("s3:GetObject", "arn:aws:s3:::data/*")),
}


def test_what_is_written_may_be_read() -> None:
    assert found(SOUND, job_data.RULES) == set()


@pytest.mark.parametrize("folder", ["training/", "train-2/", "validation/part"])
def test_a_folder_of_the_run_that_nobody_writes_is_found(folder: str) -> None:
    assert found(_reading(folder), job_data.RULES) == {("wiring.job-input", "Machine")}


@pytest.mark.parametrize("folder", ["train", "train/part-0.parquet", ""])
def test_what_is_within_or_around_a_folder_that_is_written_may_be_read(folder: str) -> None:
    assert found(_reading(folder), job_data.RULES) == set()


def test_what_somebody_else_may_write_may_be_read() -> None:
    asked = _reading("raw/")
    asked["Loader"] = role("lambda", allow("s3:PutObject", "arn:aws:s3:::data/runs/*"))
    assert found(asked, job_data.RULES) == set()


def test_what_code_from_elsewhere_may_write_may_be_read() -> None:
    asked = _reading("raw/")
    states = asked["Machine"]["Properties"]["Definition"]["States"]
    foreign = "arn:aws:lambda:eu-west-1:222222222222:function:load"
    states["Load"] = {"Type": "Task", "Resource": foreign, "Next": "Prepare"}
    assert found(asked, job_data.RULES) == set()


def test_data_of_another_place_is_not_of_the_run() -> None:
    asked = _reading("x")
    reads = asked["Machine"]["Properties"]["Definition"]["States"]["Train"]["Parameters"]
    reads["ProcessingInputs"] = [{"S3Input": {"S3Uri.$": "States.Format('s3://data/raw/{}', $.d)"}}]
    assert found(asked, job_data.RULES) == set()


def test_a_job_whose_data_is_read_is_waited_for() -> None:
    started = changed(SOUND, f"{PREPARE}.Resource", CALL.removesuffix(".sync"))
    assert found(started, job_data.RULES) == {("wiring.job-unawaited", "Machine")}
    through_sdk = CALL.replace("sagemaker", "aws-sdk:sagemaker").removesuffix(".sync")
    started = changed(SOUND, f"{PREPARE}.Resource", through_sdk)
    assert found(started, job_data.RULES) == {("wiring.job-unawaited", "Machine")}


def test_a_job_that_comes_last_need_not_be_waited_for() -> None:
    started = changed(SOUND, f"{PREPARE}.Resource", CALL.removesuffix(".sync"))
    states = started["Machine"]["Properties"]["Definition"]["States"]
    states["Train"].update(Next="Prepare", End=False)
    states["Prepare"] = {key: item for key, item in states["Prepare"].items() if key != "Next"}
    assert found(started, job_data.RULES) == set()


def test_a_job_that_is_asked_after_need_not_be_waited_for() -> None:
    started = changed(SOUND, f"{PREPARE}.Resource", CALL.removesuffix(".sync"))
    states = started["Machine"]["Properties"]["Definition"]["States"]
    look = "arn:aws:states:::aws-sdk:sagemaker:describeProcessingJob"
    states["Look"] = {"Type": "Task", "Resource": look, "Parameters": {}, "Next": "Train"}
    assert found(started, job_data.RULES) == set()


def _reading(folder: str) -> dict[str, Json]:
    reads = [{"S3Input": {"S3Uri.$": RUN % folder}}]
    inputs = "Machine.Properties.Definition.States.Train.Parameters.ProcessingInputs"
    return changed(SOUND, inputs, reads)


def schedule(own_role: str) -> Json:
    target = {"Arn": arn("Machine"), "RoleArn": arn(own_role), "Input": "{}"}
    return resource("Scheduler::Schedule", Target=target)


def test_a_role_that_nothing_is_handed_is_idle() -> None:
    roles = {"Hourly": role("scheduler"), "Weekly": role("scheduler")}
    both = {"One": schedule("Hourly"), "Two": schedule("Weekly"), **roles}
    assert found(both, idle_roles.RULES) == set()
    both["One"] = schedule("Weekly")
    assert found(both, idle_roles.RULES) == {("wiring.role-idle", "Hourly")}


@pytest.mark.parametrize(
    "user",
    [
        {"User": function(Environment={"Variables": {"ROLE": arn("Own")}}), "Role": role("ec2")},
        {"Passing": resource("IAM::Policy", PolicyDocument={"Statement": [
            allow("iam:PassRole", arn("Own"))]})},
        {"Parameter": resource("SSM::Parameter", Value=ref("Own"))},
    ],
)  # fmt: skip
def test_a_role_that_is_named_anywhere_is_used(user: dict[str, Json]) -> None:
    assert found({"Own": role("scheduler"), **user}, idle_roles.RULES) == set()


def test_a_role_that_others_may_know_is_left_alone() -> None:
    named = changed({"Own": role("events")}, "Own.Properties.RoleName", "known")
    assert found(named, idle_roles.RULES) == set()
    assert found({"Own": role("ec2")}, idle_roles.RULES) == set()
    policy = resource("IAM::Policy", Roles=[ref("Own")], PolicyDocument={"Statement": []})
    idle = {"Own": role("events"), "Policy": policy}
    assert found(idle, idle_roles.RULES) == {("wiring.role-idle", "Own")}
