"""What a model comes down to: an image, an artefact, an environment and a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import sagemaker_backends

from localcloud.jobs.operations import Parameters, refuse
from localcloud.state import settings

CREATE = "CreateModel"
APPROVED = "Approved"


@dataclass(frozen=True)
class Artefact:
    """Where the model's files come from: a `.tar.gz` object, or every object below a prefix."""

    uri: str
    packed: bool


@dataclass(frozen=True)
class Deployable:
    """Everything that a server process of a model is started from; equal ones serve equally."""

    image: str
    artefact: Artefact | None
    environment: Mapping[str, str]
    role: str


def check_model(request: Parameters) -> None:
    """Refuse a model that no endpoint could serve."""
    container = _container(request)
    package = container.get("ModelPackageName")
    if package:
        approval = _package(package).model_approval_status
        if approval not in {None, APPROVED}:
            raise ValidationError(
                f"{CREATE}: found model package {package} with approval status {approval}; "
                f"expected {APPROVED}"
            )
    elif not container.get("Image"):
        raise ValidationError(f"{CREATE}: found neither Image nor ModelPackageName; expected one")


def resolve(request: Parameters, fallback_role: str) -> Deployable:
    """What a model's request stands for; a model package's own settings count where it names one.

    The model's Environment is laid over that of its package. `fallback_role` is the endpoint
    configuration's, for models without one.
    """
    container = _container(request)
    packaged: Mapping[str, Any] = {}
    if container.get("ModelPackageName"):
        specification = _package(container["ModelPackageName"]).inference_specification
        packaged = specification["Containers"][0]
    role = request.get("ExecutionRoleArn") or fallback_role
    if not role:
        raise ValidationError(
            f"model {request['ModelName']}: found no ExecutionRoleArn; expected a role"
        )
    return Deployable(
        image=container.get("Image") or packaged["Image"],
        artefact=_artefact(container) or _artefact(packaged),
        environment={**packaged.get("Environment", {}), **container.get("Environment", {})},
        role=role,
    )


def _container(request: Parameters) -> dict[str, Any]:
    containers = request.get("Containers") or [request.get("PrimaryContainer")]
    if len(containers) > 1:
        raise refuse(CREATE, "several Containers (an inference pipeline)", "one")
    if not containers[0]:
        raise ValidationError(f"{CREATE}: found no container; expected PrimaryContainer")
    found: dict[str, Any] = containers[0]
    return found


def _package(name: str) -> Any:
    backend = sagemaker_backends[settings().account][settings().region]
    return backend.describe_model_package(model_package_name=name)


def _artefact(container: Mapping[str, Any]) -> Artefact | None:
    if container.get("ModelDataUrl"):
        return Artefact(container["ModelDataUrl"], packed=True)
    source = container.get("ModelDataSource", {}).get("S3DataSource")
    if source:
        return Artefact(source["S3Uri"], packed=source["CompressionType"] == "Gzip")
    return None
