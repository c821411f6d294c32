"""What no resource narrows a condition does, and what is secret in a connection is marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.posture import connections, statements
from tests.gate.posture.sound import Json, assembly, resource

_ALLOW: Json = {"Effect": "Allow", "Resource": "*"}
_ROUTING = "{{resolve:secretsmanager:pager:SecretString:key}}"


def policies(action: str, condition: Json | None) -> list[Json]:
    """The statement in each kind of policy that a role may have."""
    statement = {**_ALLOW, "Action": action}
    if condition is not None:
        statement["Condition"] = condition
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return [
        resource("IAM::Policy", PolicyDocument=document),
        resource("IAM::ManagedPolicy", PolicyDocument=document),
        resource("IAM::RolePolicy", PolicyDocument=document),
        resource("IAM::Role", Policies=[{"PolicyName": "it", "PolicyDocument": document}]),
    ]


def narrow(folder: Path, policy: Json) -> set[str]:
    return {finding.rule for finding in statements.narrowed(assembly(folder, {"It": policy}))}


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("kms:CreateGrant", None),
        ("kms:CreateGrant", {"Bool": {"kms:GrantIsForAWSResource": "false"}}),
        ("kms:CreateGrant", {"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}),
        ("iam:PassRole", {"StringLike": {"iam:PassedToService": "*"}}),
        ("iam:PassRole", {"StringLike": {"iam:PassedToService": ["a.com", "*.amazonaws.com"]}}),
        ("iam:PassRole", {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
        ("cloudwatch:PutMetricData", {"StringLike": {"cloudwatch:namespace": "*"}}),
        ("events:PutEvents", {"StringLike": {"events:source": "*"}}),
    ],
)
def test_a_condition_that_narrows_nothing_is_found(
    tmp_path: Path, action: str, condition: Json | None
) -> None:
    for policy in policies(action, condition):
        assert narrow(tmp_path, policy) == {"posture.statement-narrow"}


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("kms:CreateGrant", {"Bool": {"kms:GrantIsForAWSResource": True}}),
        ("kms:CreateGrant", {"StringLike": {"kms:ViaService": "ec2.*.amazonaws.com"}}),
        ("kms:CreateGrant", {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}}),
        ("iam:PassRole", {"StringEqualsIfExists": {"iam:PassedToService": "ecs.amazonaws.com"}}),
        ("iam:PassRole", {"StringEquals": "unresolved:Made.Value"}),
        ("events:PutEvents", {"StringLike": {"events:source": "ours.*"}}),
        ("s3:GetObject", None),
    ],
)
def test_a_condition_that_narrows_is_not(
    tmp_path: Path, action: str, condition: Json | None
) -> None:
    for policy in policies(action, condition):
        assert narrow(tmp_path, policy) == set()


def connection(place: str, kind: str, **parameter: object) -> Json:
    return resource("Events::Connection", AuthParameters={place: {kind: [parameter]}})


def marked(folder: Path, sent: Json) -> set[str]:
    read = assembly(folder, {"It": sent})
    return {finding.rule for finding in connections.parameters_are_marked(read)}


@pytest.mark.parametrize("kind", ["BodyParameters", "HeaderParameters", "QueryStringParameters"])
@pytest.mark.parametrize(
    "parameter",
    [
        {"Key": "routing_key", "Value": "x", "IsValueSecret": False},
        {"Key": "X-Api-Key", "Value": "x"},
        {"Key": "to", "Value": _ROUTING, "IsValueSecret": "false"},
    ],
)
def test_a_secret_that_is_not_marked_is_found(tmp_path: Path, kind: str, parameter: Json) -> None:
    sent = connection("InvocationHttpParameters", kind, **parameter)
    assert marked(tmp_path, sent) == {"posture.connection-secret"}


@pytest.mark.parametrize(
    "parameter",
    [
        {"Key": "routing_key", "Value": _ROUTING, "IsValueSecret": True},
        {"Key": "event_action", "Value": "trigger"},
        {"Key": "dedup_key", "Value": "x", "IsValueSecret": False},
    ],
)
def test_what_is_marked_or_no_secret_is_not(tmp_path: Path, parameter: Json) -> None:
    sent = connection("InvocationHttpParameters", "BodyParameters", **parameter)
    assert marked(tmp_path, sent) == set()
