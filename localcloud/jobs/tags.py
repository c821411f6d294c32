"""Tags by ARN: moto looks a name up as the ARN has it, but SageMaker writes ARNs in lower case."""

from __future__ import annotations

from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

from localcloud.jobs.operations import Parameters, answer
from localcloud.state import settings


def install() -> None:
    """Answer the operations of tags."""
    answer("ListTags", list_tags)
    answer("AddTags", add_tags)
    answer("DeleteTags", delete_tags)


def list_tags(given: Parameters) -> Parameters:
    """Every tag of a resource, in one page."""
    return {"Tags": list(_tags(given["ResourceArn"]))}


def add_tags(given: Parameters) -> Parameters:
    """Add tags; a key that is there gets the new value."""
    tags = _tags(given["ResourceArn"])
    keys = {tag["Key"] for tag in given["Tags"]}
    tags[:] = [tag for tag in tags if tag["Key"] not in keys] + given["Tags"]
    return {"Tags": list(tags)}


def delete_tags(given: Parameters) -> Parameters:
    """Remove tags by their keys; a key that is not there is no fault."""
    tags = _tags(given["ResourceArn"])
    tags[:] = [tag for tag in tags if tag["Key"] not in given["TagKeys"]]
    return {}


def _tags(arn: str) -> list[dict[str, str]]:
    """The very list of tags that moto keeps for a resource."""
    backend: SageMakerModelBackend = sagemaker_backends[settings().account][settings().region]
    for held in vars(backend).values():
        for resource in held.values() if isinstance(held, dict) else ():
            if str(getattr(resource, "arn", "")).lower() == arn.lower():
                if resource.tags is None:
                    resource.tags = []
                tags: list[dict[str, str]] = resource.tags
                return tags
    raise ResourceNotFound(f"no resource has the ARN {arn}")
