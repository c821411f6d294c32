"""Each rule on policies finds its fault in every kind of policy, and spares a sound one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gate.iam import check
from tests.gate.iam.templates import Json, allow, assembly, document, policy, role, trust

QUEUE = "arn:aws:sqs:eu-west-1:111111111111:work"
ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def rules(folder: Path, **resources: Json) -> set[str]:
    return {finding.rule for finding in check(assembly(folder, resources))}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (allow("sqs:*", QUEUE), "iam.wildcard-action"),
        (allow("s3:Put*", "arn:aws:s3:::data/*"), "iam.wildcard-action"),
        (allow(["sqs:SendMessage", "kms:*"], QUEUE), "iam.wildcard-action"),
        (allow("sqs:SendMessage", "*"), "iam.star-resource"),
        (allow("s3:GetObject", "arn:aws:s3:::*"), "iam.star-resource"),
        (allow("dynamodb:PutItem", ["arn:aws:dynamodb:*:*:*"]), "iam.star-resource"),
        (allow("*", "*"), "iam.administrator"),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "iam.not-action"),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "x"}, "iam.not-action"),
        (allow("iam:PutRolePolicy", "*"), "iam.privilege-escalation"),
        (allow("iam:AttachRolePolicy", "arn:aws:iam::1:role/*"), "iam.privilege-escalation"),
        (allow("iam:*", "*"), "iam.privilege-escalation"),
        (allow("iam:PassRole", "*"), "iam.any-role"),
        (allow("sts:AssumeRole", "arn:aws:iam::*:role/*"), "iam.any-role"),
    ],
)
@pytest.mark.parametrize("kind", ["inline", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"])
def test_a_statement_that_gives_too_much_is_found(
    tmp_path: Path, statement: Json, rule: str, kind: str
) -> None:
    if kind == "inline":
        found = rules(tmp_path, Role=role(statement))
    else:
        found = rules(tmp_path, Role=role(), Policy=policy("Role", statement, kind=kind))
    assert rule in found


@pytest.mark.parametrize(
    "statement",
    [
        allow("sqs:SendMessage", QUEUE),
        allow(["s3:GetObject*", "s3:List*", "s3:GetBucket*"], "arn:aws:s3:::data/*"),
        allow(["kms:GenerateDataKey*", "kms:ReEncrypt*"], "arn:aws:kms:eu-west-1:1:key/1"),
        allow(["xray:PutTraceSegments", "ecr:GetAuthorizationToken"], "*"),
        allow("cloudwatch:PutMetricData", "*"),
        allow("ec2:CreateNetworkInterface", "*"),
        allow("iam:PassRole", "arn:aws:iam::111111111111:role/job"),
        allow("sns:Publish", "*", Condition={"StringEquals": {"aws:ResourceAccount": "1"}}),
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
    ],
)
def test_a_statement_that_gives_what_is_needed_is_not(tmp_path: Path, statement: Json) -> None:
    assert rules(tmp_path, Role=role(statement)) == set()


@pytest.mark.parametrize(
    "name",
    ["AdministratorAccess", "AmazonS3FullAccess", "AmazonSageMakerFullAccess", "PowerUserAccess"],
)
def test_a_policy_of_aws_that_gives_a_whole_service_is_found(tmp_path: Path, name: str) -> None:
    attached = [{"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"}]
    assert rules(tmp_path, Role=role(ManagedPolicyArns=attached)) == {"iam.full-access-policy"}


def test_a_policy_of_aws_for_one_purpose_is_not(tmp_path: Path) -> None:
    attached = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
    assert rules(tmp_path, Role=role(ManagedPolicyArns=attached)) == set()


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        (trust("*"), "iam.open-trust"),
        (trust({"AWS": "*"}), "iam.open-trust"),
        (trust({"AWS": "999999999999"}), "iam.open-trust"),
        (trust({"AWS": "arn:aws:iam::999999999999:root"}), "iam.open-trust"),
        (trust({"Service": "sagemaker.amazonaws.com"}), "iam.confused-deputy"),
        (
            trust({"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}),
            "iam.confused-deputy",
        ),
    ],
)
def test_a_role_that_strangers_may_assume_is_found(tmp_path: Path, who: Json, rule: str) -> None:
    assert rules(tmp_path, Role=role(assumed_by=who)) == {rule}


@pytest.mark.parametrize(
    "who",
    [
        trust({"AWS": "arn:aws:iam::111111111111:root"}),
        trust({"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/deploy"}}),
        trust({"AWS": "999999999999"}, Condition={"StringEquals": {"sts:ExternalId": "x"}}),
        trust({"Service": "sagemaker.amazonaws.com"}, Condition=ACCOUNT),
        trust(
            {"Service": "states.amazonaws.com"},
            Condition={"ArnLike": {"aws:SourceArn": "arn:aws:states:*:111111111111:*"}},
        ),
        trust({"Service": "lambda.amazonaws.com"}),
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
    ],
)
def test_a_role_for_those_who_are_meant_is_not(tmp_path: Path, who: Json) -> None:
    assert rules(tmp_path, Role=role(assumed_by=who)) == set()


def of_queue(*statements: Json) -> Json:
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [QUEUE], "PolicyDocument": document(*statements)},
    }


def sends(principal: Any, **more: Any) -> Json:
    return allow("sqs:SendMessage", QUEUE, Principal=principal, **more)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (sends("*"), {"iam.open-resource"}),
        (sends({"AWS": "*"}), {"iam.open-resource"}),
        (sends({"Service": "events.amazonaws.com"}), {"iam.confused-deputy"}),
        (sends({"Service": "events.amazonaws.com"}, Condition=ACCOUNT), set()),
        (sends("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), set()),
        ({**sends("*"), "Effect": "Deny"}, set()),
    ],
)
def test_a_queue_that_strangers_may_use_is_found(
    tmp_path: Path, statement: Json, expected: set[str]
) -> None:
    assert rules(tmp_path, Policy=of_queue(statement)) == expected


def test_a_key_that_strangers_may_use_is_found(tmp_path: Path) -> None:
    root = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    sound = allow("kms:*", "*", Principal=root)
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": document(sound)}}
    assert rules(tmp_path, Key=key) == set()
    opened = document(sound, allow("kms:Decrypt", "*", Principal={"AWS": "*"}))
    assert rules(tmp_path, Key={**key, "Properties": {"KeyPolicy": opened}}) == {
        "iam.open-resource"
    }


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Principal": "*"}, {"iam.open-function"}),
        ({"Principal": "s3.amazonaws.com"}, {"iam.open-function"}),
        ({"Principal": "s3.amazonaws.com", "SourceAccount": "111111111111"}, set()),
        ({"Principal": "events.amazonaws.com", "SourceArn": QUEUE}, set()),
        ({"Principal": "111111111111"}, set()),
    ],
)
def test_a_function_that_strangers_may_invoke_is_found(
    tmp_path: Path, properties: Json, expected: set[str]
) -> None:
    permission = {"Action": "lambda:InvokeFunction", "FunctionName": "f", **properties}
    found = rules(tmp_path, It={"Type": "AWS::Lambda::Permission", "Properties": permission})
    assert found == expected


@pytest.mark.parametrize(
    "broken",
    [
        {"Type": "AWS::IAM::Role"},
        {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": "text"}},
        {"Type": "AWS::IAM::Role", "Properties": {"Policies": {"PolicyName": 1}}},
        {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [1, None]}}},
        {
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": 3}}},
        },
        {"Type": "AWS::Lambda::Permission", "Properties": {"Principal": ["*"]}},
        {"Type": "AWS::SQS::QueuePolicy", "Properties": {"PolicyDocument": []}},
    ],
)
def test_what_is_no_policy_at_all_is_no_traceback(tmp_path: Path, broken: Json) -> None:
    rules(tmp_path, It=broken)
