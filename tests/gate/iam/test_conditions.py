"""A condition that restricts nothing, or that nothing meets, is none; one that does is enough."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate.iam import check
from gate.wiring.restrictions import restricted
from tests.gate.iam.templates import Json, allow, assembly, document, role, trust

OWN = "111111111111"
OTHER = "999999999999"
GITHUB = "token.actions.githubusercontent.com"
BUCKET = "arn:aws:s3:::data"


def rules(folder: Path, **resources: Json) -> set[str]:
    return {finding.rule for finding in check(assembly(folder, resources))}


def of_type(kind: str, **properties: Any) -> Json:
    return {"Type": f"AWS::{kind}", "Properties": properties}


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:states:eu-west-1:*:stateMachine:nightly"}},
        {"ArnEquals": {"aws:SourceArn": ["arn:aws:sns:eu-west-1:111111111111:a", "*"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringLike": {"aws:PrincipalOrgPaths": "o-*/r-1/*"}},
        {"StringLike": {"aws:SourceVpce": "vpce-*"}},
        {"StringNotEquals": {"aws:PrincipalAccount": OTHER}},
        {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
        {"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:ours/tide:*"}},
        {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"]}},
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"IpAddress": {"aws:SourceIp": "::/0"}},
        {"Null": {"aws:SourceArn": "false"}},
        {"Bool": {"kms:GrantIsForAWSResource": "false"}},
        {},
    ],
)
def test_what_takes_everything_restricts_nothing(condition: Json) -> None:
    assert restricted(condition) == frozenset()


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:SourceArn": "arn:aws:states:*:111111111111:*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:uploads"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/E2"}},
        {"ArnLike": {"aws:SourceArn": BUCKET}},
        {"StringEquals": {"AWS:SourceOwner": OWN}},
        {"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}},
        {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}, "Null": {"aws:SourceVpc": "false"}},
        {"StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}},
        {"StringLike": {f"{GITHUB}:sub": "repo:ours/tide:*"}},
        {"ForAnyValue:StringEquals": {"aws:SourceVpce": ["vpce-1"]}},
        {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/*"}},
        {"StringEquals": {"aws:SourceAccount": "unresolved:Account"}},
    ],
)
def test_what_takes_some_restricts(condition: Json) -> None:
    assert len(restricted(condition)) == 1


def test_a_key_that_is_always_sent_may_be_optional() -> None:
    condition = {"StringEqualsIfExists": {"aws:SourceAccount": OWN}}
    assert restricted(condition) == frozenset()
    assert restricted(condition, always_sent=True) == {"aws:sourceaccount"}


def test_a_part_that_the_deployment_makes_restricts(tmp_path: Path) -> None:
    who = token({"StringEquals": "unresolved:Made.Value"})
    assert rules(tmp_path, Role=role(assumed_by=who)) == set()


def token(condition: Any) -> Json:
    """A trust of whoever has a token of GitHub's."""
    federated = f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"
    return {
        "Effect": "Allow",
        "Principal": {"Federated": federated},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }


AUDIENCE = {f"{GITHUB}:aud": "sts.amazonaws.com"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": AUDIENCE},
        {"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:*"}},
        {"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:*/tide:ref:*"}},
        {"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:ours*/tide:*"}},
        {"StringEqualsIfExists": {f"{GITHUB}:sub": "repo:ours/tide:ref:refs/heads/main"}},
        {"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:ours/tide:*"}},
    ],
)
def test_a_role_for_any_token_is_found(tmp_path: Path, condition: Json) -> None:
    assert rules(tmp_path, Role=role(assumed_by=token(condition))) == {"iam.open-trust"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {**AUDIENCE, f"{GITHUB}:sub": "repo:ours/tide:ref:refs/heads/main"}},
        {"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:ours/*"}},
        {"StringEquals": {**AUDIENCE, f"{GITHUB}:repository_owner": "ours"}},
    ],
)
def test_a_role_for_some_tokens_is_not(tmp_path: Path, condition: Json) -> None:
    assert rules(tmp_path, Role=role(assumed_by=token(condition))) == set()


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        (
            trust(
                {"Service": "states.amazonaws.com"},
                Condition={"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}},
            ),
            "iam.confused-deputy",
        ),
        (trust({"Service": "states.eu-west-1.amazonaws.com"}), "iam.confused-deputy"),
        (trust({"Service": "codebuild.amazonaws.com"}), "iam.confused-deputy"),
        (trust({"Service": "vpc-flow-logs.amazonaws.com"}), "iam.confused-deputy"),
        (
            trust({"AWS": OTHER}, Condition={"StringLike": {"sts:ExternalId": "*"}}),
            "iam.open-trust",
        ),
        (
            trust({"AWS": "*"}, Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
            "iam.open-trust",
        ),
        (
            {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "sts:AssumeRole"},
            "iam.open-trust",
        ),
    ],
)
def test_a_trust_whose_condition_keeps_nobody_out_is_found(
    tmp_path: Path, who: Json, rule: str
) -> None:
    assert rules(tmp_path, Role=role(assumed_by=who)) == {rule}


PLACES = {
    "EFS::FileSystem": "FileSystemPolicy",
    "ECR::Repository": "RepositoryPolicyText",
    "KMS::Key": "KeyPolicy",
    "OpenSearchService::Domain": "AccessPolicies",
    "S3::BucketPolicy": "PolicyDocument",
    "SNS::TopicPolicy": "PolicyDocument",
    "SQS::QueuePolicy": "PolicyDocument",
    "SageMaker::ModelPackageGroup": "ModelPackageGroupPolicy",
    "SecretsManager::ResourcePolicy": "ResourcePolicy",
}
WIDE = [
    {},
    {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringLike": {"aws:PrincipalOrgID": "*"}},
]


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("condition", WIDE)
def test_every_policy_of_a_resource_is_judged_alike(
    tmp_path: Path, kind: str, condition: Json
) -> None:
    stated = allow("it:Does", "*", Principal={"AWS": "*"}, Condition=condition)
    resource = of_type(kind, **{PLACES[kind]: document(stated)})
    assert rules(tmp_path, It=resource) == {"iam.open-resource"}


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize(
    "stated",
    [
        allow("it:Does", "*", Principal="*", Condition={"StringEquals": {"aws:SourceVpc": "v"}}),
        allow("it:Does", "*", Principal="*", Condition={"Bool": {"elasticfilesystem:Mount": "1"}}),
        allow("it:Does", "*", Principal={"AWS": f"arn:aws:iam::{OTHER}:role/reader"}),
        allow("it:Does", "*", Principal={"AWS": f"arn:aws:iam::{OWN}:root"}),
        {**allow("it:Does", "*", Principal="*"), "Effect": "Deny"},
    ],
)
def test_every_policy_of_a_resource_may_name_who_is_meant(
    tmp_path: Path, kind: str, stated: Json
) -> None:
    resource = of_type(kind, **{PLACES[kind]: document(stated)})
    found = rules(tmp_path, It=resource) - {"iam.vain-condition"}
    assert found == set()


@pytest.mark.parametrize("principal", [OTHER, f"arn:aws:iam::{OTHER}:root"])
def test_a_bucket_for_all_of_another_account_is_found(tmp_path: Path, principal: str) -> None:
    stated = allow("s3:PutObject", f"{BUCKET}/*", Principal={"AWS": principal})
    policy = of_type("S3::BucketPolicy", Bucket="data", PolicyDocument=document(stated))
    assert rules(tmp_path, It=policy) == {"iam.open-resource"}


def test_a_balancer_may_deliver_its_logs(tmp_path: Path) -> None:
    folder = f"{BUCKET}/AWSLogs/{OWN}/*"
    stated = allow("s3:PutObject", folder, Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})
    trail = {"Service": "cloudtrail.amazonaws.com"}
    looks = allow("s3:GetBucketAcl", BUCKET, Principal=trail)
    writes = allow("s3:PutObject", folder, Principal=trail)
    document_ = document(stated, looks, writes)
    policy = of_type("S3::BucketPolicy", Bucket="data", PolicyDocument=document_)
    assert rules(tmp_path, It=policy) == set()


def logs_policy(**more: Any) -> Json:
    stated = allow(
        "logs:PutLogEvents",
        f"arn:aws:logs:eu-west-1:{OWN}:log-group:search:*",
        Principal={"Service": "es.amazonaws.com"},
        **more,
    )
    text = json.dumps(document(stated))
    return of_type("Logs::ResourcePolicy", PolicyName="it", PolicyDocument=text)


def test_a_policy_of_logs_is_read_though_it_is_text(tmp_path: Path) -> None:
    assert rules(tmp_path, It=logs_policy()) == {"iam.confused-deputy"}
    sound = {"StringEquals": {"aws:SourceAccount": OWN}}
    assert rules(tmp_path, It=logs_policy(Condition=sound)) == set()


def test_a_key_for_logs_of_every_account_is_found(tmp_path: Path) -> None:
    for arn, expected in (
        ("arn:aws:logs:*:*:log-group:*", {"iam.confused-deputy"}),
        (f"arn:aws:logs:eu-west-1:{OWN}:*", set()),
    ):
        condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}}
        logs = {"Service": "logs.eu-west-1.amazonaws.com"}
        stated = allow("kms:Encrypt", "*", Principal=logs, Condition=condition)
        assert rules(tmp_path, It=of_type("KMS::Key", KeyPolicy=document(stated))) == expected


def test_a_function_for_sources_of_every_account_is_found(tmp_path: Path) -> None:
    permission = {"Action": "lambda:InvokeFunction", "FunctionName": "f"}
    permission |= {"Principal": "events.amazonaws.com", "SourceArn": "arn:aws:events:*:*:rule/*"}
    found = rules(tmp_path, It=of_type("Lambda::Permission", **permission))
    assert found == {"iam.open-function"}


@pytest.mark.parametrize(
    ("kind", "narrowing"),
    [
        ("Events::EventBusPolicy", {"Condition": {"Key": "aws:PrincipalOrgID"}}),
        ("Lambda::LayerVersionPermission", {"OrganizationId": "o-1"}),
    ],
)
def test_what_is_shared_with_everybody_is_found(tmp_path: Path, kind: str, narrowing: Json) -> None:
    assert rules(tmp_path, It=of_type(kind, Principal="*")) == {"iam.open-resource"}
    assert rules(tmp_path, It=of_type(kind, Principal="*", **narrowing)) == set()
    assert rules(tmp_path, It=of_type(kind, Principal=OTHER)) == set()


def test_a_bus_whose_statement_takes_everybody_is_found(tmp_path: Path) -> None:
    stated = allow("events:PutEvents", "*", Principal="*")
    policy = of_type("Events::EventBusPolicy", StatementId="it", Statement=stated)
    assert rules(tmp_path, It=policy) == {"iam.open-resource"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceArn": f"arn:aws:scheduler:eu-west-1:{OWN}:schedule/*"}},
        {"StringNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/admin-*"}},
        {"ForAnyValue:StringEquals": {"s3:prefix": ["reports/*"]}},
        {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:${AWS::Region}:111111111111:it"}},
        {"StringEquals": {"aws:SourceAccount": "production"}},
        {"ArnLike": {"aws:SourceArn": "s3://data"}},
        {"IpAddress": {"aws:SourceIp": "office"}},
        {"Bool": {"aws:SecureTransport": "yes"}},
        {"Null": {"s3:x-amz-server-side-encryption": "AES256"}},
        {"Null": {"aws:SourceVpc": "true"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
    ],
)
def test_a_condition_that_nothing_meets_is_found(tmp_path: Path, condition: Json) -> None:
    denies = {**allow("s3:GetObject", BUCKET, Condition=condition), "Effect": "Deny"}
    endpoint = {**denies, "Principal": "*"}
    assert rules(tmp_path, It=role(denies)) == {"iam.vain-condition"}
    found = rules(tmp_path, It=of_type("EC2::VPCEndpoint", PolicyDocument=document(endpoint)))
    assert found == {"iam.vain-condition"}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:SourceArn": f"arn:aws:scheduler:eu-west-1:{OWN}:schedule/*"}},
        {"StringEquals": {"s3:prefix": ["", "reports/${aws:username}/${*}"]}},
        {"StringEquals": {"aws:SourceAccount": OWN}},
        {"StringLike": {"aws:SourceAccount": "1111*"}},
        {"StringNotEquals": {"aws:PrincipalAccount": "anonymous"}},
        {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
        {"IpAddress": {"aws:SourceIp": ["192.0.2.1", "2001:db8::/32"]}},
        {"Bool": {"aws:SecureTransport": False}},
        {"Null": {"aws:SourceVpc": "true"}, "StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
        {"Null": {"aws:SourceVpc": True}, "StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}},
        {"StringEquals": {"aws:SourceAccount": "unresolved:Parameter"}},
    ],
)
def test_a_condition_that_something_meets_is_not(tmp_path: Path, condition: Json) -> None:
    denies = {**allow("s3:GetObject", BUCKET, Condition=condition), "Effect": "Deny"}
    assert rules(tmp_path, It=role(denies)) == set()


@pytest.mark.parametrize("operator", ["StringEqualsIfExists", "ForAllValues:StringEquals"])
def test_a_source_that_may_be_absent_is_found_where_it_is_said(
    tmp_path: Path, operator: str
) -> None:
    condition = {operator: {"aws:SourceAccount": OWN}}

    def of(service: str, **more: Any) -> set[str]:
        who = trust({"Service": f"{service}.amazonaws.com"}, Condition={**condition, **more})
        return rules(tmp_path, Role=role(assumed_by=who))

    assert of("scheduler") == {"iam.confused-deputy"}
    assert of("scheduler", ArnLike={"aws:SourceArn": f"arn:aws:scheduler:*:{OWN}:*"}) == set()
    assert of("scheduler", Null={"aws:SourceAccount": "false"}) == set()
    # These say nothing of an account, and are kept out where it is demanded.
    assert of("ec2") == set()
