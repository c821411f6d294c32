"""Grafana, CodeBuild, Firehose, Athena and EMR Serverless may do their work."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gate.wiring import image_policies, log_policies, log_roles, service_roles
from tests.gate.wiring.templates import (
    Json,
    allow,
    arn,
    changed,
    found,
    join,
    policy,
    ref,
    resource,
    role,
    services,
)

RULES = (*service_roles.RULES, *image_policies.RULES, *log_policies.RULES)
STATED = "Role.Properties.Policies.0.PolicyDocument.Statement"


def working(service: str, kind: str, *statements: Json, **properties: Any) -> dict[str, Json]:
    return {
        "Bucket": resource("S3::Bucket", BucketName="data"),
        "Role": role(service, *statements),
        "User": resource(kind, **properties),
    }


SOUND = [
    working(
        "grafana",
        "Grafana::Workspace",
        allow(["aps:Query*", "aps:Get*"]),
        allow(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]),
        RoleArn=arn("Role"),
        DataSources=["PROMETHEUS", "CLOUDWATCH"],
    ),
    working(
        "codebuild",
        "CodeBuild::Project",
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:/b:*"),
        ServiceRole=arn("Role"),
        LogsConfig={"CloudWatchLogs": {"GroupName": "/b"}},
    ),
    working(
        "firehose",
        "KinesisFirehose::DeliveryStream",
        allow("s3:Put*", join(arn("Bucket"), "/*")),
        ExtendedS3DestinationConfiguration={"RoleARN": arn("Role"), "BucketARN": arn("Bucket")},
    ),
]


@pytest.mark.parametrize("sound", SOUND)
def test_a_role_that_lets_its_service_work_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize("sound", SOUND)
def test_a_role_that_does_not_is_found(sound: dict[str, Json]) -> None:
    broken = changed(sound, f"{STATED}.0", None)

    assert {resource for _, resource in found(broken, RULES)} == {"User"}


QUERIES = {
    "Bucket": resource("S3::Bucket", BucketName="data"),
    "Group": resource(
        "Athena::WorkGroup",
        Name="reports",
        WorkGroupConfiguration={"ResultConfiguration": {"OutputLocation": "s3://data/results/"}},
    ),
    "Role": role(
        "grafana",
        allow("s3:PutObject", join(arn("Bucket"), "/results/*")),
        allow("athena:StartQueryExecution", arn("Group")),
    ),
    "Other": role("lambda", allow("s3:GetObject")),
}


def test_a_role_that_may_query_and_keep_results_is_fine() -> None:
    assert found(QUERIES, RULES) == set()


def test_a_role_that_may_query_and_not_keep_results_is_found() -> None:
    elsewhere = changed(QUERIES, f"{STATED}.0.Resource", join(arn("Bucket"), "/other/*"))

    assert found(elsewhere, RULES) == {("wiring.query-role", "Role")}


SPARK = {
    "Images": resource(
        "ECR::Repository",
        RepositoryName="spark",
        RepositoryPolicyText=policy(
            {
                "Effect": "Allow",
                "Principal": services("emr-serverless"),
                "Action": [
                    "ecr:BatchGetImage",
                    "ecr:DescribeImages",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Condition": {
                    "StringLike": {"aws:SourceArn": "arn:aws:emr-serverless:*:*:/applications/*"}
                },
            }
        ),
    ),
    "User": resource(
        "EMRServerless::Application",
        ImageConfiguration={
            "ImageUri": join({"Fn::GetAtt": ["Images", "RepositoryUri"]}, ":", "abc")
        },
    ),
    "Unrelated": resource("SNS::Topic", DisplayName=ref("Images")),
}


def test_an_image_that_spark_may_pull_is_fine() -> None:
    assert found(SPARK, RULES) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("RepositoryPolicyText", None),
        ("RepositoryPolicyText.Statement.0.Action", ["ecr:BatchGetImage"]),
        ("RepositoryPolicyText.Statement.0.Principal", services("lambda")),
        (
            "RepositoryPolicyText.Statement.0.Condition.StringLike",
            {"aws:SourceArn": "arn:aws:emr-serverless:*:*:/jobs/*"},
        ),
    ],
)
def test_an_image_that_spark_may_not_pull_is_found(path: str, value: object) -> None:
    broken = changed(SPARK, f"Images.Properties.{path}", value)

    assert found(broken, RULES) == {("wiring.image-policy", "User")}


WRITES = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}


def logging_(principal: str) -> Json:
    let = policy({**WRITES, "Principal": services(principal)})
    return resource("Logs::ResourcePolicy", PolicyName="p", PolicyDocument=json.dumps(let))


LOGGING = [
    {
        "Group": resource("Logs::LogGroup"),
        "Policy": logging_("es"),
        "User": resource(
            "OpenSearchService::Domain",
            LogPublishingOptions={
                "ES_APPLICATION_LOGS": {"CloudWatchLogsLogGroupArn": arn("Group"), "Enabled": True}
            },
        ),
    },
    {
        "Group": resource("Logs::LogGroup"),
        "Policy": logging_("events"),
        "User": resource("Events::Rule", Targets=[{"Id": "a", "Arn": arn("Group")}]),
    },
]


@pytest.mark.parametrize("sound", LOGGING)
def test_a_log_group_that_lets_its_writer_write_is_fine(sound: dict[str, Json]) -> None:
    assert found(sound, RULES) == set()


@pytest.mark.parametrize("sound", LOGGING)
@pytest.mark.parametrize("policy_", [None, logging_("lambda")])
def test_a_log_group_that_does_not_is_found(sound: dict[str, Json], policy_: object) -> None:
    broken = changed(sound, "Policy", policy_)

    assert found(broken, RULES) == {("wiring.log-policy", "User")}


_RECORDS = ["logs:CreateLogStream", "logs:PutLogEvents"]


def recording(kind: str, target: object, **properties: Any) -> dict[str, Json]:
    """Something that writes a log group under a role that may write to `target`."""
    return {
        "Group": resource("Logs::LogGroup", LogGroupName="flows"),
        "Role": role("vpc-flow-logs", allow(_RECORDS, target)),
        "User": resource(kind, **properties),
    }


FLOWS: Json = {"DeliverLogsPermissionArn": arn("Role"), "ResourceType": "VPC"}
WRITERS = [
    ("EC2::FlowLog", {**FLOWS, "LogGroupName": ref("Group")}),
    ("EC2::FlowLog", {**FLOWS, "LogDestination": arn("Group")}),
    ("EC2::FlowLog", {**FLOWS, "LogGroupName": "flows"}),
    (
        "CloudTrail::Trail",
        {"CloudWatchLogsRoleArn": arn("Role"), "CloudWatchLogsLogGroupArn": arn("Group")},
    ),
]
WRITABLE = [
    arn("Group"),
    "*",
    "arn:aws:logs:*:*:log-group:flows",
    "arn:aws:logs:*:*:log-group:flows:log-stream:*",
]


@pytest.mark.parametrize(("kind", "properties"), WRITERS)
@pytest.mark.parametrize("target", WRITABLE)
def test_a_role_that_may_write_its_log_group_is_fine(
    kind: str, properties: Json, target: object
) -> None:
    assert found(recording(kind, target, **properties), log_roles.RULES) == set()


@pytest.mark.parametrize(("kind", "properties"), WRITERS)
def test_a_role_that_may_write_another_log_group_is_found(kind: str, properties: Json) -> None:
    elsewhere = recording(kind, "arn:aws:logs:*:*:log-group:/vpc/flow-logs:*", **properties)
    assert found(elsewhere, log_roles.RULES) == {("wiring.log-role", "User")}


def test_a_flow_log_that_goes_to_a_bucket_needs_no_role() -> None:
    bucket = resource("EC2::FlowLog", LogDestination="arn:aws:s3:::flows", LogDestinationType="s3")
    assert found({"User": bucket}, log_roles.RULES) == set()
