"""S3 as a job sees it: under the credentials of its role."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config

from localcloud.clients import RoleCredentials
from localcloud.state import settings

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    s3={"addressing_style": "path"},
)

# One session for all: what it has loaded of the service's description is loaded once. Making a
# client from it is not thread-safe; using one is.
_session: list[boto3.Session] = []
_lock = threading.Lock()


def role_client(service: str, credentials: RoleCredentials) -> Any:
    """A client of a service that may do what the role may."""
    with _lock:
        if not _session:
            _session.append(boto3.Session(region_name=settings().region))
        return _session[0].client(
            service,
            endpoint_url=settings().url,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=CONFIG,
        )
