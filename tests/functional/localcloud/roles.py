"""Roles for tests, and sessions and clients under them."""

from __future__ import annotations

import json
from typing import Any

import boto3

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.workbench import unique

Statement = dict[str, Any]


def allow(actions: str | list[str], resources: str | list[str] = "*", **more: Any) -> Statement:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def role(cloud: LocalCloud, service: str, *statements: Statement, **trust: Any) -> str:
    """The ARN of a new role that a service may assume, with these statements as its policy."""
    client = cloud.session().client("iam")
    name = unique("role")
    document = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **trust,
    }
    arn: str = client.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [document]}),
    )["Role"]["Arn"]
    if statements:
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        client.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=json.dumps(policy))
    return arn


def credentials(cloud: LocalCloud, arn: str) -> dict[str, Any]:
    """Credentials of the role, as boto3 takes them."""
    found: Any = cloud.session().client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
    return {
        "aws_access_key_id": found["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": found["Credentials"]["SecretAccessKey"],
        "aws_session_token": found["Credentials"]["SessionToken"],
    }


def client(cloud: LocalCloud, arn: str, service: str) -> Any:
    """A client under the role."""
    return boto3.client(
        service, endpoint_url=cloud.url, region_name="us-east-1", **credentials(cloud, arn)
    )
