"""The local cloud's log of calls becomes evidence that holds for every deployment."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from gate.iam.canonical import Names
from gate.iam.evidence import Call, gathered
from localcloud.iam_calls import Calls

ACCOUNT = "123456789012"
NAMES = Names(ACCOUNT, "us-east-1", "local", {"storage.Raw": "tidewatch-local-raw-0a1b"})


def noted(calls: Calls, action: str, resource: str, **context: str) -> None:
    calls.note(
        SimpleNamespace(
            principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/job-x1/SageMaker",
            action=action,
            resource_arn=resource,
            service_context={key.replace("_", ":"): value for key, value in context.items()},
        ),
        "Allow",
    )


def test_a_call_is_noted_once(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.jsonl")
    for _ in range(3):
        noted(calls, "s3:GetObject", "arn:aws:s3:::b/k")
    [line] = (tmp_path / "calls.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "role": "job-x1",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "context": {},
        "decision": "Allow",
    }


def test_evidence_names_no_deployment_and_no_run(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.jsonl")
    bucket = "arn:aws:s3:::tidewatch-local-raw-0a1b"
    for part in range(3):
        noted(
            calls, "s3:GetObject", f"{bucket}/flights/day=2026-01-0{part + 1}/part-{part}.parquet"
        )
    noted(calls, "s3:ListBucket", bucket, s3_prefix="capture/flights-local/2026/01/")
    noted(calls, "sagemaker:DescribeModel", f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/f-1-0a")
    lines = (tmp_path / "calls.jsonl").read_text().splitlines()
    found = gathered(lines, NAMES, {"job-x1": "work/Role"})
    assert found == {
        "work/Role": frozenset(
            {
                Call("s3:GetObject", "arn:aws:s3:::{storage.Raw}/flights/~/part-~"),
                Call(
                    "s3:ListBucket",
                    "arn:aws:s3:::{storage.Raw}",
                    (("s3:prefix", "capture/flights-{stage}/~"),),
                ),
                Call("sagemaker:DescribeModel", "arn:aws:sagemaker:{region}:{account}:model/f-~"),
            }
        )
    }


def test_roles_that_no_template_made_are_left_out(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.jsonl")
    noted(calls, "s3:GetObject", "arn:aws:s3:::b/k")
    assert gathered((tmp_path / "calls.jsonl").read_text().splitlines(), NAMES, {}) == {}
