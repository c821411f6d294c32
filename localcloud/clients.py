"""boto3 sessions against our own gateway: as the account's root, or under an assumed role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from localcloud.state import ROOT_ACCESS_KEY, ROOT_SECRET_KEY, Settings, settings

SESSION_NAME_LENGTH = 64
SESSION_SECONDS = 3600
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    s3={"addressing_style": "path"},
    max_pool_connections=20,
)


@dataclass(frozen=True)
class RoleCredentials:
    """Temporary credentials of an assumed role."""

    access_key: str
    secret_key: str
    token: str

    def environment(self) -> dict[str, str]:
        """The same, as every AWS SDK reads them from a process's environment."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }


def root_session() -> boto3.Session:
    """A session of the account's root, which may do everything."""
    return boto3.Session(
        aws_access_key_id=ROOT_ACCESS_KEY,
        aws_secret_access_key=ROOT_SECRET_KEY,
        region_name=settings().region,
    )


def root_client(service: str) -> Any:
    """A client of the account's root, made once for each service; safe to share among threads."""
    return _root_client(service, settings())


def role_credentials(
    role_arn: str, session_name: str, seconds: int = SESSION_SECONDS
) -> RoleCredentials:
    """Assume a role through STS, as the service that the role trusts.

    botocore's ClientError where the role does not exist, or does not trust a service.
    """
    found = root_client("sts").assume_role(
        RoleArn=role_arn,
        RoleSessionName=session_name[:SESSION_NAME_LENGTH],
        DurationSeconds=seconds,
    )["Credentials"]
    return RoleCredentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def split_s3(uri: str) -> tuple[str, str]:
    """Bucket and key (or prefix) of an `s3://` URI. ValueError for anything else."""
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise ValueError(f"found {uri!r}; expected s3://<bucket>/<key>")
    return bucket, key


@cache
def _root_client(service: str, configured: Settings) -> Any:
    return root_session().client(service, endpoint_url=configured.url, config=CONFIG)
