"""SageMaker's model registry, where moto loses or confuses what it was given.

Versions of a group never repeat, an update changes only what it names, groups are unique, packages
and groups can be deleted, and every change of the approval status is an event on the default bus.
"""

# ruff: noqa: SLF001 - private hooks of ministack and moto, each pinned by a contract test

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker import models
from moto.sagemaker.exceptions import AWSValidationException
from moto.sagemaker.responses import SageMakerResponse

from localcloud.events import emit

DETAIL_TYPE = "SageMaker Model Package State Change"
PENDING = "PendingManualApproval"
KEPT = (
    "InferenceSpecification",
    "ModelMetrics",
    "CustomerMetadataProperties",
    "DriftCheckBaselines",
    "MetadataProperties",
    "ModelPackageDescription",
)

PARAMETERS = {
    "additional_inference_specifications": "AdditionalInferenceSpecifications",
    "client_token": "ClientToken",
    "customer_metadata_properties": "CustomerMetadataProperties",
    "domain": "Domain",
    "drift_check_baselines": "DriftCheckBaselines",
    "inference_specification": "InferenceSpecification",
    "metadata_properties": "MetadataProperties",
    "model_metrics": "ModelMetrics",
    "model_package_description": "ModelPackageDescription",
    "sample_payload_url": "SamplePayloadUrl",
    "source_algorithm_specification": "SourceAlgorithmSpecification",
    "tags": "Tags",
    "task": "Task",
    "validation_specification": "ValidationSpecification",
}


def install() -> None:
    """Replace moto's answers, and its ARNs: SageMaker writes names in them in lower case."""
    modules: Any = models
    original_arn = modules.arn_formatter

    def lower_case_arn(_type: str, _id: str, account_id: str, region_name: str) -> str:
        return str(original_arn(_type, _id.lower(), account_id, region_name))

    modules.arn_formatter = lower_case_arn
    answers: Any = SageMakerResponse
    answers.create_model_package_group = _create_group(answers.create_model_package_group)
    answers.describe_model_package_group = _describe_group
    answers.delete_model_package_group = _delete_group
    answers.create_model_package = _create
    answers.list_model_packages = _list(answers.list_model_packages)
    answers.update_model_package = _update
    answers.delete_model_package = _delete


def detail(package: Any) -> dict[str, Any]:
    """The event's detail, as AWS documents it."""
    described = package.gen_response_object()
    return {
        "ModelPackageName": f"{package.model_package_name}/{package.model_package_version}",
        "ModelPackageArn": package.arn,
        "ModelPackageGroupName": package.model_package_group_name,
        "ModelPackageVersion": package.model_package_version,
        "ModelPackageStatus": package.model_package_status,
        "ModelApprovalStatus": package.model_approval_status,
        "CreationTime": int(package.creation_time.timestamp() * 1000),
        **{key: described[key] for key in KEPT if key in described},
    }


def _create_group(original: Any) -> Any:
    def create(self: Any) -> ActionResult:
        name = self._get_param("ModelPackageGroupName")
        if name in self.sagemaker_backend.model_package_groups:
            raise AWSValidationException(f"Model Package Group already exists: {name}")
        return original(self)  # type: ignore[no-any-return]

    return create


def _create(self: Any) -> ActionResult:
    backend = self.sagemaker_backend
    given = self._get_param("ModelPackageGroupName")
    name = self._get_param("ModelPackageName")
    if bool(given) == bool(name):
        raise AWSValidationException("Give one of ModelPackageName and ModelPackageGroupName.")
    group = _group(backend, given) if given else None
    package = models.ModelPackage(
        **{snake: self._get_param(key) for snake, key in PARAMETERS.items()},
        model_package_name=group.model_package_group_name if group else name,
        model_package_group_name=group.model_package_group_name if group else None,
        model_package_version=_next_version(group) if group else None,
        model_package_type="Versioned" if group else "Unversioned",
        certify_for_marketplace=self._get_param("CertifyForMarketplace", False),
        model_approval_status=self._get_param("ModelApprovalStatus", PENDING if group else None),
        approval_description=None,
        region_name=backend.region_name,
        account_id=backend.account_id,
    )
    backend.model_packages[package.arn] = package
    backend.model_package_name_mapping[package.model_package_name] = package.arn
    backend.model_package_name_mapping[package.arn] = package.arn
    if group:
        emit("aws.sagemaker", DETAIL_TYPE, detail(package), [package.arn])
    return ActionResult({"ModelPackageArn": package.arn})


def _list(original: Any) -> Any:
    def answer(self: Any) -> ActionResult:
        given = self._get_param("ModelPackageGroupName")
        if given:
            # By an ARN, moto looks for a group of the name in it, which is in lower case.
            self.params["ModelPackageGroupName"] = _group(
                self.sagemaker_backend, given
            ).model_package_group_name
        return original(self)  # type: ignore[no-any-return]

    return answer


def _describe_group(self: Any) -> ActionResult:
    group = _group(self.sagemaker_backend, self._get_param("ModelPackageGroupName"))
    return ActionResult(group.gen_response_object())


def _group(backend: Any, given: str) -> Any:
    """A group, by its name or its ARN."""
    group = backend.model_package_groups.get(_group_name(backend, given) or given)
    if group is None:
        raise AWSValidationException(f"Model Package Group {given} does not exist.")
    return group


def _next_version(group: Any) -> int:
    """The next number: never one that a deleted version had (moto counts what is there)."""
    group.last_version = getattr(group, "last_version", 0) + 1
    return int(group.last_version)


def _group_name(backend: Any, arn: str) -> str | None:
    return next(
        (name for name, group in backend.model_package_groups.items() if group.arn == arn), None
    )


def _update(self: Any) -> ActionResult:
    package = _find(self, "ModelPackageArn")
    before = package.model_approval_status
    status = self._get_param("ModelApprovalStatus")
    if status is not None:
        package.set_model_approval_status(status)
    if (description := self._get_param("ApprovalDescription")) is not None:
        package.approval_description = description
    properties = dict(package.customer_metadata_properties or {})
    properties.update(self._get_param("CustomerMetadataProperties") or {})
    for key in self._get_param("CustomerMetadataPropertiesToRemove") or []:
        properties.pop(key, None)
    package.customer_metadata_properties = properties or None
    if (more := self._get_param("AdditionalInferenceSpecificationsToAdd")) is not None:
        package.add_additional_inference_specifications(more)
    package.modifications_done()
    if package.model_approval_status != before:
        emit("aws.sagemaker", DETAIL_TYPE, detail(package), [package.arn])
    return ActionResult({"ModelPackageArn": package.arn})


def _delete(self: Any) -> EmptyResult:
    package = _find(self, "ModelPackageName")
    packages = self.sagemaker_backend.model_packages
    for key in [key for key, value in packages.items() if value is package]:
        del packages[key]
    return EmptyResult()


def _delete_group(self: Any) -> EmptyResult:
    backend = self.sagemaker_backend
    name = _group(backend, self._get_param("ModelPackageGroupName")).model_package_group_name
    if any(p.model_package_group_name == name for p in backend.model_packages.values()):
        raise AWSValidationException(f"Model Package Group {name} still has model packages.")
    del backend.model_package_groups[name]
    return EmptyResult()


def _find(response: Any, parameter: str) -> Any:
    return response.sagemaker_backend.describe_model_package(
        model_package_name=response._get_param(parameter)
    )
