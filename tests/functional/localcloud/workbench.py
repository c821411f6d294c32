"""What the tests of jobs and endpoints work with: a bucket, a role for it, images, waiting."""

from __future__ import annotations

import io
import json
import tarfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from localcloud.cloud import LocalCloud

REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
WAIT_SECONDS = 60.0
Value = TypeVar("Value")


@dataclass(frozen=True)
class Workbench:
    """A bucket, and a role that may use this bucket's `allowed/` folder and nothing else."""

    cloud: LocalCloud
    bucket: str
    role: str

    @classmethod
    def create(cls, cloud: LocalCloud) -> Workbench:
        """Make both, with names that no other test has."""
        name = f"bench-{uuid.uuid4().hex[:8]}"
        session = cloud.session()
        session.client("s3").create_bucket(Bucket=name)
        return cls(cloud, name, make_role(cloud, name, [f"arn:aws:s3:::{name}/allowed/*"]))

    def client(self, service: str) -> Any:
        """A boto3 client as the account's root."""
        return self.cloud.session().client(service)

    def uri(self, key: str) -> str:
        """The URI of a key that the role may use."""
        return f"s3://{self.bucket}/allowed/{key}"

    def put(self, key: str, body: str | bytes) -> str:
        """Put an object and return its URI."""
        data = body.encode() if isinstance(body, str) else body
        self.client("s3").put_object(Bucket=self.bucket, Key=f"allowed/{key}", Body=data)
        return self.uri(key)

    def get(self, key: str) -> bytes:
        """An object's content."""
        answer = self.client("s3").get_object(Bucket=self.bucket, Key=f"allowed/{key}")
        found: bytes = answer["Body"].read()
        return found

    def keys(self, prefix: str) -> list[str]:
        """The keys below a prefix, without the prefix."""
        base = f"allowed/{prefix}"
        pages = self.client("s3").get_paginator("list_objects_v2")
        return [
            found["Key"].removeprefix(base)
            for page in pages.paginate(Bucket=self.bucket, Prefix=base)
            for found in page.get("Contents", [])
        ]


def make_role(cloud: LocalCloud, name: str, objects: list[str]) -> str:
    """A role that SageMaker may assume, for these S3 objects; its ARN."""
    iam = cloud.session().client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    buckets = sorted({arn.partition("/")[0] for arn in objects})
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": objects},
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": buckets},
        ],
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="data", PolicyDocument=json.dumps(policy))
    arn: str = role["Arn"]
    return arn


def unique(prefix: str) -> str:
    """A name that was never used."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def image(name: str) -> str:
    """The URI of a test image."""
    return f"{REGISTRY}/tests/{name}:latest"


def archive(files: dict[str, bytes]) -> bytes:
    """A model.tar.gz."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def until(look: Callable[[], Value | None], seconds: float = WAIT_SECONDS) -> Value:
    """Look again and again until there is something; AssertionError when it never comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing came within {seconds} s")
