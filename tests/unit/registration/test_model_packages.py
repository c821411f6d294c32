"""How a training run's model package is found again."""

from __future__ import annotations

import dataclasses

import boto3
import pytest
from moto import mock_aws

from tidewatch.aws.model_packages import Candidate, register_package

CANDIDATE = Candidate(
    group="parcels",
    run_id="run-0",
    image="123456789012.dkr.ecr.us-east-1.amazonaws.com/tidewatch/serving:1",
    model_data_url="s3://artifacts/model.tar.gz",
    description="Will a parcel be late?",
    metadata={"roc_auc": "0.8"},
)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def test_a_run_is_found_among_many_versions() -> None:
    with mock_aws():
        client = boto3.client("sagemaker", region_name="us-east-1")
        client.create_model_package_group(ModelPackageGroupName="parcels")
        runs = [dataclasses.replace(CANDIDATE, run_id=f"run-{place}") for place in range(12)]

        made = [register_package(client, run) for run in runs]
        again = register_package(client, runs[1])

    assert [package.version for package in made] == [str(place) for place in range(1, 13)]
    assert (again.arn, again.created) == (made[1].arn, False)
