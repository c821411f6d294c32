"""CloudFormation asks for an image: starts its build, and answers when the build has ended."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import boto3
import urllib3
from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

_REQUEST = "REQUEST"
_KEPT = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")
_SECONDS = 10.0
_OK = 200


def handler(event: dict[str, Any], _context: object) -> None:
    """Take a request of CloudFormation, or CodeBuild's word that a build has ended."""
    if "RequestType" in event:
        _begin(event)
    else:
        _finish(event["detail"])


def _begin(event: Mapping[str, Any]) -> None:
    """An image that is there, or is no longer wanted, is answered for at once; images are kept."""
    wanted = event["ResourceProperties"]
    image = f"{wanted['Repository']}:{wanted['Tag']}"
    request = {name: event[name] for name in _KEPT} | {"PhysicalResourceId": image}
    if event["RequestType"] == "Delete":
        _answer(request | {"PhysicalResourceId": event["PhysicalResourceId"]}, "")
        return
    try:
        if _is_there(wanted["Repository"], wanted["Tag"]):
            _answer(request, "")
        else:
            _start(wanted["Project"], request)
    except ClientError as error:
        _answer(request, f"{image} cannot be built: {error}")


def _finish(detail: Mapping[str, Any]) -> None:
    build_id = detail["build-id"]
    builds = boto3.client("codebuild").batch_get_builds(ids=[build_id])["builds"]
    variables = builds[0]["environment"]["environmentVariables"]
    given = {item["name"]: item["value"] for item in variables}
    if _REQUEST not in given:
        logger.info("%s was started by hand: nobody waits for it", build_id)
        return
    status = detail["build-status"]
    failure = "" if status == "SUCCEEDED" else f"{build_id} ended {status}: read its log"
    _answer(json.loads(given[_REQUEST]), failure)


def _is_there(repository: str, tag: str) -> bool:
    registry = boto3.client("ecr")
    try:
        registry.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
    except registry.exceptions.ImageNotFoundException:
        return False
    return True


def _start(project: str, request: Mapping[str, str]) -> None:
    """The build carries the request: whoever hears of its end knows whom to answer."""
    build = boto3.client("codebuild").start_build(
        projectName=project,
        environmentVariablesOverride=[{"name": _REQUEST, "value": json.dumps(request)}],
    )
    logger.info("%s builds %s", build["build"]["id"], request["PhysicalResourceId"])


def _answer(request: Mapping[str, str], failure: str) -> None:
    """Say to CloudFormation that all went well, or what did not."""
    answer = {name: value for name, value in request.items() if name != "ResponseURL"}
    answer |= {"Status": "FAILED" if failure else "SUCCESS", "Reason": failure}
    response = urllib3.request(
        "PUT",
        request["ResponseURL"],
        body=json.dumps(answer).encode(),
        # The URL is signed without a content type.
        headers={"Content-Type": ""},
        timeout=_SECONDS,
        retries=3,
    )
    if response.status != _OK:
        raise RuntimeError(f"CloudFormation answered {response.status}, expected {_OK}")
    logger.info("%s: %s", request["PhysicalResourceId"], failure or "there")
