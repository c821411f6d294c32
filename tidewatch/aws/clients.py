"""boto3 clients with the one retry policy that every job uses."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 5},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=16,
    user_agent_extra="tidewatch",
)


def aws_client(service: str) -> Any:
    """A client of `service`; region, endpoint and credentials come from the environment."""
    return boto3.client(service, config=_CONFIG)
