"""Looks at registered versions, approves them, and waits for their release."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from demo.background_cloud import BackgroundCloud
from demo.deployment import Deployment
from demo.executions import of_machine
from tidewatch.core.errors import Fault, TidewatchError

_POLL_SECONDS = 0.5
_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Version:
    """A registered version, with what its model package says of it."""

    package_arn: str
    number: str
    approval: str
    metadata: dict[str, str]


def versions(cloud: BackgroundCloud, group: str) -> list[Version]:
    """Every version of a model, the oldest first."""
    sagemaker = cloud.client("sagemaker")
    found = sagemaker.list_model_packages(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Ascending"
    )["ModelPackageSummaryList"]
    return [_version(sagemaker, package["ModelPackageArn"]) for package in found]


def approve(cloud: BackgroundCloud, deployment: Deployment, version: Version) -> None:
    """Approve as a person would, and wait until the release that follows has succeeded."""
    machine = deployment.machine("flights-serving")
    before = {execution.arn for execution in of_machine(cloud, machine)}
    cloud.client("sagemaker").update_model_package(
        ModelPackageArn=version.package_arn, ModelApprovalStatus="Approved"
    )
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        for execution in of_machine(cloud, machine):
            if execution.arn not in before:
                execution.wait()
                return
        time.sleep(_POLL_SECONDS)
    raise TidewatchError(
        Fault(
            where=f"release of version {version.number}",
            found="no execution of the release state machine",
            expected="one, started by the approval's event",
            remedy="look at the rule on model package state changes",
        )
    )


def _version(sagemaker: Any, arn: str) -> Version:
    package = sagemaker.describe_model_package(ModelPackageName=arn)
    return Version(
        package_arn=arn,
        number=str(package["ModelPackageVersion"]),
        approval=package["ModelApprovalStatus"],
        metadata=package.get("CustomerMetadataProperties", {}),
    )
