"""A Lambda function for tests, that keeps each event it gets."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.roles import allow, role
from tests.functional.localcloud.workbench import unique, until

CODE = """
import boto3, json, os

def handler(event, context):
    if event.get("fail"):
        raise ValueError("asked to fail")
    body = json.dumps(event)
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key="event.json", Body=body)
    return {"pid": os.getpid(), "event": event}
"""


@dataclass(frozen=True)
class KeepingFunction:
    """A function that may write `event.json` in its bucket, and nothing else."""

    cloud: LocalCloud
    arn: str
    bucket: str

    @classmethod
    def create(cls, cloud: LocalCloud) -> KeepingFunction:
        """Make the function, its bucket and its role."""
        bucket = unique("events")
        cloud.session().client("s3").create_bucket(Bucket=bucket)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr("index.py", CODE)
        arn = (
            cloud.session()
            .client("lambda")
            .create_function(
                FunctionName=unique("function"),
                Runtime="python3.11",
                Handler="index.handler",
                Role=role(
                    cloud, "lambda", allow("s3:PutObject", f"arn:aws:s3:::{bucket}/event.json")
                ),
                Code={"ZipFile": archive.getvalue()},
                Environment={"Variables": {"BUCKET": bucket}},
                Timeout=30,
            )["FunctionArn"]
        )
        return cls(cloud, arn, bucket)

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Call it and wait for its answer."""
        client = self.cloud.session().client("lambda")
        answer = client.invoke(FunctionName=self.arn, Payload=json.dumps(event))
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    def event(self) -> dict[str, Any]:
        """The event that it kept."""
        client = self.cloud.session().client("s3")
        until(lambda: client.list_objects_v2(Bucket=self.bucket).get("Contents"))
        kept = client.get_object(Bucket=self.bucket, Key="event.json")["Body"].read()
        event: dict[str, Any] = json.loads(kept)
        return event
