"""Model packages: the versions of a model that people approve and endpoints serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_RUN_ID = "run_id"


class SageMakerClient(Protocol):
    """The calls of boto3's SageMaker client that model packages need."""

    def create_model_package(self, **request: Any) -> dict[str, Any]:
        """Registers a version."""

    def describe_model_package(self, **request: Any) -> dict[str, Any]:
        """Tells about one version."""

    def get_paginator(self, operation: str, /) -> Any:
        """Pages through a list."""


@dataclass(frozen=True)
class Candidate:
    """What is to be registered; `metadata` are texts of at most 256 characters."""

    group: str
    run_id: str
    image: str
    model_data_url: str
    description: str
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class ModelPackage:
    """A registered version; `created` is false when an earlier attempt made it."""

    arn: str
    created: bool

    @property
    def version(self) -> str:
        """The version's number as text: the ARN's last part.

        >>> ModelPackage("arn:aws:sagemaker:us-east-1:1:model-package/flights/3", True).version
        '3'
        """
        return self.arn.rsplit("/", 1)[1]


def register_package(client: SageMakerClient, candidate: Candidate) -> ModelPackage:
    """The version that the training run made, pending approval; created if it is not there yet."""
    found = _find(client, candidate)
    if found is not None:
        return ModelPackage(found, created=False)
    answer = client.create_model_package(
        ModelPackageGroupName=candidate.group,
        ModelPackageDescription=candidate.description,
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": candidate.image, "ModelDataUrl": candidate.model_data_url}],
            "SupportedContentTypes": ["text/csv", "application/json"],
            "SupportedResponseMIMETypes": ["text/csv", "application/json"],
        },
        CustomerMetadataProperties={**candidate.metadata, _RUN_ID: candidate.run_id},
    )
    return ModelPackage(answer["ModelPackageArn"], created=True)


def _find(client: SageMakerClient, candidate: Candidate) -> str | None:
    """The ARN of the run's version, newest looked at first; a list does not tell the metadata."""
    pages = client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=candidate.group, SortBy="CreationTime", SortOrder="Descending"
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            arn: str = summary["ModelPackageArn"]
            package = client.describe_model_package(ModelPackageName=arn)
            if package.get("CustomerMetadataProperties", {}).get(_RUN_ID) == candidate.run_id:
                return arn
    return None
