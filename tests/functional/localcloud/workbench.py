"""What the tests of jobs and endpoints work with: a bucket, a role for it, images, waiting."""

from __future__ import annotations

import io
import json
import tarfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from localcloud.cloud import LocalCloud

REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
WAIT_SECONDS = 60.0
LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
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
        _client(cloud, "s3").create_bucket(Bucket=name)
        return cls(cloud, name, make_role(cloud, name, [f"arn:aws:s3:::{name}/allowed/*"]))

    def client(self, service: str) -> Any:
        """A boto3 client as the account's root."""
        return _client(self.cloud, service)

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


@dataclass(frozen=True)
class EventQueue:
    """A queue that gets every event of one detail type from the default bus."""

    sqs: Any
    url: str

    @classmethod
    def create(cls, bench: Workbench, detail_type: str) -> EventQueue:
        """Make the queue, and a rule that fills it."""
        name, sqs, events = unique("events"), bench.client("sqs"), bench.client("events")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        pattern = {"source": ["aws.sagemaker"], "detail-type": [detail_type]}
        rule = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn["Attributes"]["QueueArn"],
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
        events.put_targets(Rule=name, Targets=[target])
        return cls(sqs, url)

    def next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next event whose detail is wanted; others are dropped."""

        def look() -> dict[str, Any] | None:
            answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
            found = [json.loads(each["Body"]) for each in answer.get("Messages", [])]
            return next((event for event in found if wanted(event["detail"])), None)

        return until(look)


@cache
def _client(cloud: LocalCloud, service: str) -> Any:
    return cloud.session().client(service)


def make_role(cloud: LocalCloud, name: str, objects: list[str]) -> str:
    """A role that SageMaker may assume, for these S3 objects; its ARN."""
    iam = _client(cloud, "iam")
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
            {"Effect": "Allow", "Action": LOGS, "Resource": "arn:aws:logs:*:*:*"},
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
