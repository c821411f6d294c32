"""Jobs have the network that they need, and no other than their peers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.posture.sound import Json, arn, found, resource

_TRUST = {"Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
_URL = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write"
_VPC = {"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
_HEARD = {"posture.job-cut-off", "posture.job-network"}


def _job(network: Json, role: str = "Role", **request: object) -> Json:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
        "Parameters": {"RoleArn": arn(role), "NetworkConfig": network, **request},
        "End": True,
    }


def _training(**request: object) -> Json:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Parameters": {"RoleArn": arn("Other"), **request},
        "End": True,
    }


def _template(action: str, *jobs: Json) -> dict[str, Json]:
    allowed = {"Effect": "Allow", "Action": [action, "s3:GetObject"], "Resource": "*"}
    inline = [{"PolicyName": "own", "PolicyDocument": {"Statement": [allowed]}}]
    states = {f"Job{number}": job for number, job in enumerate(jobs)}
    definition = {"StartAt": "Job0", "States": states}
    return {
        "Role": resource(
            "IAM::Role", AssumeRolePolicyDocument={"Statement": [_TRUST]}, Policies=inline
        ),
        "Other": resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [_TRUST]}),
        "Machine": resource("StepFunctions::StateMachine", Definition=definition),
    }


def _told(folder: Path, template: dict[str, Json]) -> set[str]:
    return {rule for rule, _ in found(folder, template)} & _HEARD


@pytest.mark.parametrize(
    ("isolated", "action", "environment", "heard"),
    [
        (True, "s3:PutObject", {}, set()),
        (False, "events:PutEvents", {"URL": _URL}, set()),
        (True, "events:PutEvents", {}, {"posture.job-cut-off"}),
        (True, "s3:PutObject", {"URL": _URL}, {"posture.job-cut-off"}),
        (True, "s3:PutObject", {"DOCS": "https://example.com"}, set()),
    ],
)
def test_a_job_that_calls_is_not_isolated(
    tmp_path: Path, isolated: bool, action: str, environment: Json, heard: set[str]
) -> None:
    job = _job({"EnableNetworkIsolation": isolated}, Environment=environment)
    assert _told(tmp_path, _template(action, job)) == heard


def test_a_role_that_is_shared_says_nothing_of_one_job(tmp_path: Path) -> None:
    jobs = _job({"EnableNetworkIsolation": True}), _job({"EnableNetworkIsolation": False})
    assert _told(tmp_path, _template("events:PutEvents", *jobs)) == set()


def test_training_runs_in_the_network_of_all_other_jobs(tmp_path: Path) -> None:
    inside = [_job(_VPC) for _ in range(3)]
    assert _told(tmp_path, _template("events:PutEvents", *inside, _training(**_VPC))) == set()
    outside = _template("events:PutEvents", *inside, _training())
    assert _told(tmp_path, outside) == {"posture.job-network"}
    cut_off = _training(EnableNetworkIsolation=True)
    assert _told(tmp_path, _template("events:PutEvents", *inside, cut_off)) == set()
    assert _told(tmp_path, _template("events:PutEvents", *inside[:2], _training())) == set()
