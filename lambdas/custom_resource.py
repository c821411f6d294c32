"""The boundary between a custom resource's function and CloudFormation."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import urllib3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

Properties: TypeAlias = Mapping[str, Any]
Handler: TypeAlias = Callable[[dict[str, Any], object], None]

# CloudFormation takes an answer of at most 4 KB.
_LONGEST_REASON = 1_000
_RETRIES = urllib3.Retry(total=5, backoff_factor=0.5, status_forcelist=(500, 502, 503, 504))


def custom_resource(apply: Callable[[Properties], None]) -> Handler:
    """A handler that runs `apply` on the properties of a resource that is created or changed.

    CloudFormation is answered whatever happens: without an answer it waits for an hour. What was
    applied is not undone when the resource is deleted: it lives in a service that is deleted too.
    """

    def handler(event: dict[str, Any], _context: object) -> None:
        status, reason = "SUCCESS", ""
        try:
            if event["RequestType"] != "Delete":
                apply(event["ResourceProperties"])
        except Exception as error:  # the boundary: told to CloudFormation
            logger.exception("%s of %s failed", event["RequestType"], event["LogicalResourceId"])
            status, reason = "FAILED", f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
        _answer(event, status, reason)

    return handler


def _answer(event: dict[str, Any], status: str, reason: str) -> None:
    body = {
        "Status": status,
        "Reason": reason,
        # It stays the same: a changed resource is changed in place.
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    urllib3.request(
        "PUT",
        event["ResponseURL"],
        body=json.dumps(body).encode(),
        # The address is signed for requests without a content type.
        headers={"Content-Type": ""},
        retries=_RETRIES,
        timeout=10,
    )
