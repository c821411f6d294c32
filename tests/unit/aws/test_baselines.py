"""A baseline is read from where its version's package points."""

from __future__ import annotations

import boto3
import pytest

from tests.unit.monitoring.world import baseline, serving
from tidewatch.aws.baselines import PackageBaselines
from tidewatch.core.errors import BaselineError


@pytest.fixture
def baselines(aws: None) -> PackageBaselines:  # noqa: ARG001 - the bucket is in it
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="1/baseline.json", Body=baseline().to_json())
    s3.put_object(Bucket="artifacts", Key="3/baseline.json", Body=b"{}")
    versions = serving(champion="1")
    for version in ("1", "2", "3"):
        versions.known[version] = {"baseline": f"s3://artifacts/{version}/baseline.json"}
    return PackageBaselines("flights", versions)


def test_the_baseline_of_a_version_is_its_own(baselines: PackageBaselines) -> None:
    assert baselines.of("1").features.kinds == baseline().features.kinds


def test_a_baseline_is_read_once(baselines: PackageBaselines) -> None:
    assert baselines.of("1") is baselines.of("1")


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("2", "nothing at s3://artifacts/2/baseline.json"),
        ("3", "tidewatch-baseline"),
        ("4", "no property 'baseline'"),
    ],
)
def test_a_baseline_that_is_missing_or_unreadable_names_version_and_remedy(
    baselines: PackageBaselines, version: str, found: str
) -> None:
    with pytest.raises(BaselineError) as error:
        baselines.of(version)
    assert found in str(error.value)
    assert f"model flights, version {version}" in str(error.value)
    assert "registration" in str(error.value)
