"""Statements name the resources that are meant, and a star where none is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.iam import check
from tests.gate.iam.templates import Json, allow, assembly, policy, role

ACCOUNT = "eu-west-1:111111111111"
MADE = {
    "Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "serving"}},
    "Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}},
    "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "s"}},
    "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
}
REPOSITORIES = f"arn:aws:ecr:{ACCOUNT}:repository/*"


def rules(folder: Path, *statements: Json, made: dict[str, Json] = MADE) -> set[str]:
    resources = {**made, "Role": role(), "Policy": policy("Role", *statements)}
    return {finding.rule for finding in check(assembly(folder, resources))}


@pytest.mark.parametrize(
    "statement",
    [
        allow("ecr:PutImage", REPOSITORIES),
        allow(["ecr:BatchGetImage", "ecr:PutImage"], ["arn:aws:ecr:*:*:repository/*"]),
        allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:{ACCOUNT}:function:*"),
        allow("lambda:InvokeFunction", f"arn:aws:lambda:{ACCOUNT}:function:*"),
        allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{ACCOUNT}:secret:*"),
        allow("kms:Decrypt", f"arn:aws:kms:{ACCOUNT}:key/*"),
        allow(
            "ecr:PutImage",
            REPOSITORIES,
            Condition={"StringLike": {"aws:ResourceAccount": "*"}},
        ),
    ],
)
def test_all_of_a_type_is_found(tmp_path: Path, statement: Json) -> None:
    assert rules(tmp_path, statement) == {"iam.every-resource"}


@pytest.mark.parametrize(
    "statement",
    [
        allow("ecr:PutImage", f"arn:aws:ecr:{ACCOUNT}:repository/serving"),
        allow("ecr:PutImage", f"arn:aws:ecr:{ACCOUNT}:repository/team/*"),
        allow("ecr:BatchGetImage", REPOSITORIES),
        allow(["lambda:CreateFunction", "lambda:TagResource"], "arn:aws:lambda:*:*:function:*"),
        allow(
            "ecr:PutImage",
            REPOSITORIES,
            Condition={"StringEquals": {"aws:ResourceTag/team": "us"}},
        ),
        allow("sagemaker:StopProcessingJob", "arn:aws:sagemaker:*:*:processing-job/*"),
        allow("dynamodb:PutItem", f"arn:aws:dynamodb:{ACCOUNT}:table/*"),
        {**allow("ecr:PutImage", REPOSITORIES), "Effect": "Deny"},
    ],
)
def test_what_is_named_or_cannot_be_is_not(tmp_path: Path, statement: Json) -> None:
    assert rules(tmp_path, statement) == set()


def test_all_of_a_type_that_is_made_elsewhere_is_not(tmp_path: Path) -> None:
    assert rules(tmp_path, allow("ecr:PutImage", REPOSITORIES), made={}) == set()


@pytest.mark.parametrize(
    "action", ["ecr:GetAuthorizationToken", "ec2:DescribeVpcs", "xray:PutTraceSegments"]
)
def test_an_action_that_names_nothing_is_found_on_a_name(tmp_path: Path, action: str) -> None:
    named = f"arn:aws:ecr:{ACCOUNT}:repository/serving"
    assert rules(tmp_path, allow(action, named)) == {"iam.star-only"}
    assert rules(tmp_path, allow(["ecr:PutImage", action], [named])) == {"iam.star-only"}


@pytest.mark.parametrize(
    "statements",
    [
        [allow("ecr:GetAuthorizationToken", "*")],
        [allow("ecr:GetAuthorizationToken", ["arn:aws:ecr:*:*:repository/a", "*"])],
        [
            allow("ecr:GetAuthorizationToken", "arn:aws:ecr:*:*:repository/a"),
            allow("ecr:GetAuth*", "*"),
        ],
        [allow("ecr:Made-Up", "arn:aws:ecr:*:*:repository/a")],
        [allow("logs:DescribeLogGroups", f"arn:aws:logs:{ACCOUNT}:*")],
    ],
)
def test_an_action_that_names_nothing_is_fine_on_a_star(
    tmp_path: Path, statements: list[Json]
) -> None:
    assert rules(tmp_path, *statements) == set()
