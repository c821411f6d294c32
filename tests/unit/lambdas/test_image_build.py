"""The builder of images: what it starts, and what CloudFormation hears."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

from lambdas.image_build.handler import handler

URL = "https://answers.example/signed"
WANTED = {"Project": "builder", "Repository": "tidewatch-dev/serving", "Tag": "0123456789abcdef"}
IMAGE = "tidewatch-dev/serving:0123456789abcdef"


class ImageNotFoundException(Exception):  # noqa: N818 - as boto3 names it
    pass


@dataclass
class Account:
    """A registry with `tags`, a project that starts builds, and CloudFormation's mailbox."""

    tags: set[str] = field(default_factory=set)
    refused: ClientError | None = None
    started: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    class exceptions:  # noqa: N801 - as boto3 names it
        ImageNotFoundException = ImageNotFoundException

    def describe_images(self, **request: Any) -> None:
        (image,) = request["imageIds"]
        if image["imageTag"] not in self.tags:
            raise ImageNotFoundException

    def start_build(self, **request: Any) -> dict[str, Any]:
        if self.refused:
            raise self.refused
        self.started.append(request)
        return {"build": {"id": "builder:1"}}

    def batch_get_builds(self, **_request: Any) -> dict[str, Any]:
        variables = self.started[-1]["environmentVariablesOverride"] if self.started else []
        return {"builds": [{"environment": {"environmentVariables": variables}}]}

    def put(self, method: str, url: str, *, body: bytes, **_rest: Any) -> Any:
        assert (method, url) == ("PUT", URL)
        self.answers.append(json.loads(body))
        return type("Response", (), {"status": self.status})()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    found = Account()
    monkeypatch.setattr(boto3, "client", lambda _service: found)
    monkeypatch.setattr(urllib3, "request", found.put)
    return found


def asked(kind: str = "Create") -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": URL,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "ServingImage",
        "ResourceProperties": WANTED,
        "PhysicalResourceId": "older:image",
    }


def ended(status: str) -> dict[str, Any]:
    return {
        "detail-type": "CodeBuild Build State Change",
        "detail": {"build-id": "builder:1", "build-status": status},
    }


def test_an_image_that_is_missing_is_built_and_nobody_is_answered_before_that(
    account: Account,
) -> None:
    handler(asked(), None)
    (build,) = account.started
    assert build["projectName"] == "builder"
    assert account.answers == []


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_an_image_that_is_there_is_not_built_again(account: Account, kind: str) -> None:
    account.tags = {WANTED["Tag"]}
    handler(asked(kind), None)
    assert account.started == []
    (answer,) = account.answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", IMAGE)


def test_an_image_outlives_the_stack_that_asked_for_it(account: Account) -> None:
    handler(asked("Delete"), None)
    assert account.started == []
    (answer,) = account.answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "older:image")


def test_a_build_that_succeeded_is_answered_for_to_whom_asked(account: Account) -> None:
    handler(asked(), None)
    handler(ended("SUCCEEDED"), None)
    assert account.answers == [
        {
            "Status": "SUCCESS",
            "Reason": "",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "ServingImage",
            "PhysicalResourceId": IMAGE,
        }
    ]


@pytest.mark.parametrize("status", ["FAILED", "STOPPED", "FAULT", "TIMED_OUT"])
def test_a_build_that_ended_otherwise_fails_the_deployment_and_names_the_build(
    account: Account, status: str
) -> None:
    handler(asked(), None)
    handler(ended(status), None)
    (answer,) = account.answers
    assert answer["Status"] == "FAILED"
    assert f"builder:1 ended {status}" in answer["Reason"]


def test_a_build_that_cannot_be_started_fails_the_deployment_at_once(account: Account) -> None:
    account.refused = ClientError(
        {"Error": {"Code": "AccountLimitExceededException", "Message": "no machine"}}, "StartBuild"
    )
    handler(asked(), None)
    (answer,) = account.answers
    assert answer["Status"] == "FAILED"
    assert "no machine" in answer["Reason"]


def test_a_build_started_by_hand_answers_nobody(account: Account) -> None:
    handler(ended("SUCCEEDED"), None)
    assert account.answers == []


def test_an_answer_that_is_not_taken_is_an_error_so_that_lambda_tries_again(
    account: Account,
) -> None:
    account.tags = {WANTED["Tag"]}
    account.status = 503
    with pytest.raises(RuntimeError, match="answered 503"):
        handler(asked(), None)
