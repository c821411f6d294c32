from __future__ import annotations

from typing import Any

import pytest

from gate.wiring.policies import Request, allows, delegates, denies, role, service

DATA = "arn:aws:s3:::data/*"
READER = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": DATA}
ROLE = role("arn:aws:iam::111111111111:role/reader")


@pytest.mark.parametrize(
    ("statement", "request_"),
    [
        ({"Action": "s3:Get*", "Resource": "*"}, Request("s3:GetObject", "arn:aws:s3:::data/a")),
        ({"Action": "S3:getobject", "Resource": DATA}, Request("s3:GetObject", DATA)),
        ({"Action": ["kms:*", "s3:*"], "Resource": [DATA]}, Request("s3:PutObject", DATA)),
        ({"NotAction": "iam:*", "Resource": "*"}, Request("s3:PutObject", DATA)),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"}, Request("s3:Get", DATA)),
        ({"Action": "s3:Get?bject", "Resource": "*"}, Request("s3:GetObject", DATA)),
    ],
)
def test_a_request_that_a_statement_names_is_allowed(
    statement: dict[str, Any], request_: Request
) -> None:
    assert allows([{"Effect": "Allow", **statement}], request_)


@pytest.mark.parametrize(
    ("statement", "request_"),
    [
        ({"Action": "s3:Get*", "Resource": "*"}, Request("s3:PutObject", DATA)),
        ({"Action": "s3:*", "Resource": DATA}, Request("s3:ListBucket", "arn:aws:s3:::data")),
        ({"NotAction": "s3:*", "Resource": "*"}, Request("s3:PutObject", DATA)),
        ({"Action": "s3:*", "NotResource": DATA}, Request("s3:Get", "arn:aws:s3:::data/a")),
        ({"Action": 7, "Resource": DATA}, Request("s3:GetObject", DATA)),
        ({}, Request("s3:GetObject", DATA)),
    ],
)
def test_a_request_that_no_statement_names_is_not(
    statement: dict[str, Any], request_: Request
) -> None:
    assert not allows([{"Effect": "Allow", "Resource": "*", **statement}], request_)


def test_a_name_made_at_run_time_is_allowed_where_some_such_name_is() -> None:
    jobs = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:sagemaker:*:*:model/a-*"}

    assert allows([jobs], Request("sagemaker:CreateModel", "arn:*:sagemaker:*:*:model/*"))
    assert not allows([jobs], Request("sagemaker:CreateModel", "arn:*:sagemaker:*:*:model/b-*"))


def test_a_denial_wins() -> None:
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}

    assert not allows([READER, denial], Request("s3:GetObject", DATA))


def test_a_denial_under_conditions_that_are_not_known_does_not_count() -> None:
    unless_tls = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }

    assert allows([READER, unless_tls], Request("s3:GetObject", DATA))
    plain = Request("s3:GetObject", DATA, context={"aws:SecureTransport": "false"})
    assert denies([unless_tls], plain)


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        ({"StringEquals": {"iam:PassedToService": "a"}}, {"iam:PassedToService": "a"}, True),
        ({"StringEquals": {"iam:PassedToService": ["b", "a"]}}, {"iam:PassedToService": "a"}, True),
        ({"StringEquals": {"iam:PassedToService": "b"}}, {"iam:PassedToService": "a"}, False),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, {"aws:SourceAccount": "1"}, False),
        (
            {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
            {"kms:ViaService": "sqs.x"},
            False,
        ),
        ({"ArnLike": {"AWS:SourceArn": "arn:*:rule/*"}}, {"aws:SourceArn": "arn:a:rule/b"}, True),
        ({"ArnEquals": {"aws:SourceArn": "arn:a"}}, {"aws:SourceArn": "arn:b"}, False),
        ({"StringEquals": {"aws:SourceAccount": "1"}}, {"aws:SourceAccount": None}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "1"}}, {"aws:SourceAccount": None}, True),
        ({"Null": {"aws:SourceAccount": "true"}}, {"aws:SourceAccount": None}, True),
        ({"Null": {"aws:SourceAccount": True}}, {"aws:SourceAccount": "1"}, False),
        ({"ForAllValues:StringLike": {"aws:TagKeys": "a"}}, {"aws:TagKeys": None}, True),
        ({"NumericLessThan": {"s3:max-keys": "10"}}, {"s3:max-keys": "99"}, True),
        ({"StringEquals": {"s3:prefix": "not/known"}}, {}, True),
        ({"StringEquals": {"a:b": "${aws:username}"}}, {"a:b": "x"}, True),
    ],
)
def test_conditions_count_as_far_as_the_context_is_known(
    condition: dict[str, Any], context: dict[str, str | None], holds: bool
) -> None:
    statement = {**READER, "Condition": condition}

    assert allows([statement], Request("s3:GetObject", DATA, context=context)) is holds


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        ({"Service": "events.amazonaws.com"}, True),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, True),
        ("*", True),
        ({"Service": "sns.amazonaws.com"}, False),
        ({"AWS": "arn:aws:iam::111111111111:root"}, False),
        (None, False),
    ],
)
def test_a_resource_policy_is_about_its_principals(principal: object, allowed: bool) -> None:
    statement = {**READER, "Principal": principal}
    asked = Request("s3:GetObject", DATA, service("events.amazonaws.com"))

    assert allows([statement], asked) is allowed


def test_the_root_of_the_account_leaves_it_to_the_roles_own_policies() -> None:
    root = {**READER, "Principal": {"AWS": "arn:aws:iam::111111111111:root"}}
    asked = Request("s3:GetObject", DATA, ROLE)

    assert delegates([root], asked)
    assert delegates([{**READER, "Principal": {"AWS": "111111111111"}}], asked)
    assert not allows([root], asked)


def test_another_accounts_root_does_not() -> None:
    other = {**READER, "Principal": {"AWS": "arn:aws:iam::222222222222:root"}}

    assert not delegates([other], Request("s3:GetObject", DATA, ROLE))


def test_whoever_is_not_meant_by_not_principal_is_meant() -> None:
    statement = {**READER, "NotPrincipal": {"AWS": ROLE.name}}

    assert not allows([statement], Request("s3:GetObject", DATA, ROLE))
    assert allows([statement], Request("s3:GetObject", DATA, role("arn:aws:iam::1:role/b")))
