from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import unique

INFERENCE = {
    "Containers": [{"Image": "images/serving:1", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}
METRICS = {
    "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://bucket/s"}}
}


@pytest.fixture
def client(cloud: LocalCloud) -> Any:
    return cloud.session().client("sagemaker")


@pytest.fixture
def group(client: Any) -> str:
    name = unique("Flights")
    client.create_model_package_group(ModelPackageGroupName=name)
    return name


def register(client: Any, group: str, **more: Any) -> str:
    arn: str = client.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification=INFERENCE,
        CustomerMetadataProperties={"baseline": "s3://bucket/baseline.json"},
        ModelMetrics=METRICS,
        **more,
    )["ModelPackageArn"]
    return arn


def versions(client: Any, group: str, **more: Any) -> list[int]:
    listed = client.list_model_packages(ModelPackageGroupName=group, **more)
    return [found["ModelPackageVersion"] for found in listed["ModelPackageSummaryList"]]


def test_a_version_is_described_with_all_that_was_registered(client: Any, group: str) -> None:
    described = client.describe_model_package(ModelPackageName=register(client, group))
    assert described["ModelPackageGroupName"] == group
    assert described["ModelPackageVersion"] == 1
    assert described["ModelApprovalStatus"] == "PendingManualApproval"
    assert described["CustomerMetadataProperties"] == {"baseline": "s3://bucket/baseline.json"}
    assert described["ModelMetrics"] == METRICS
    assert described["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == (
        "s3://bucket/model.tar.gz"
    )


def test_versions_are_listed_in_the_order_asked_for(client: Any, group: str) -> None:
    for _ in range(3):
        register(client, group)
    newest_first = {"SortBy": "CreationTime", "SortOrder": "Descending"}
    assert versions(client, group, **newest_first) == [3, 2, 1]
    assert versions(client, group) == [1, 2, 3]


def test_approved_versions_are_found(client: Any, group: str) -> None:
    register(client, group)
    second = register(client, group)
    client.update_model_package(ModelPackageArn=second, ModelApprovalStatus="Approved")
    assert versions(client, group, ModelApprovalStatus="Approved") == [2]


def test_the_number_of_a_deleted_version_is_not_given_again(client: Any, group: str) -> None:
    for _ in range(3):
        arn = register(client, group)
    client.delete_model_package(ModelPackageName=arn.replace("/3", "/2"))
    register(client, group)
    assert versions(client, group) == [1, 3, 4]


def test_an_update_changes_only_what_it_names(client: Any, group: str) -> None:
    arn = register(client, group)
    client.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="better"
    )
    client.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"by": "me"})
    described = client.describe_model_package(ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["ApprovalDescription"] == "better"
    assert described["CustomerMetadataProperties"] == {
        "baseline": "s3://bucket/baseline.json",
        "by": "me",
    }


def test_a_group_can_be_named_by_its_arn(client: Any, group: str) -> None:
    described = client.describe_model_package_group(ModelPackageGroupName=group)
    arn = described["ModelPackageGroupArn"]
    client.create_model_package(ModelPackageGroupName=arn, InferenceSpecification=INFERENCE)
    assert versions(client, arn) == [1]


def test_a_second_group_of_the_same_name_is_refused(client: Any, group: str) -> None:
    with pytest.raises(ClientError, match="already exists"):
        client.create_model_package_group(ModelPackageGroupName=group)


def test_a_version_of_an_unknown_group_is_refused(client: Any) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        client.create_model_package(ModelPackageGroupName=unique("none"))
