from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import LocalCloud
from tests.functional.localcloud import roles
from tests.functional.localcloud.roles import allow, role
from tests.functional.localcloud.workbench import unique, until

ARN = "arn:aws:sagemaker:us-east-1:123456789012"


def denied(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_role_may_describe_the_models_that_its_policy_names_and_no_other(
    cloud: LocalCloud,
) -> None:
    policy = allow("sagemaker:DescribeModelPackageGroup", f"{ARN}:model-package-group/mine")
    client = roles.client(cloud, role(cloud, "sagemaker", policy), "sagemaker")
    cloud.session().client("sagemaker").create_model_package_group(ModelPackageGroupName="mine")
    client.describe_model_package_group(ModelPackageGroupName="mine")
    with pytest.raises(ClientError) as error:
        client.describe_model_package_group(ModelPackageGroupName="others")
    assert denied(error) == "AccessDeniedException"
    assert "model-package-group/others" in str(error.value)


def test_a_role_that_may_invoke_one_endpoint_is_denied_another(cloud: LocalCloud) -> None:
    policy = allow("sagemaker:InvokeEndpoint", f"{ARN}:endpoint/flights-prod")
    client = roles.client(cloud, role(cloud, "sagemaker", policy), "sagemaker-runtime")
    with pytest.raises(ClientError) as error:
        client.invoke_endpoint(EndpointName="other", Body=b"1", ContentType="text/csv")
    assert denied(error) == "AccessDeniedException"
    with pytest.raises(ClientError) as error:
        client.invoke_endpoint(EndpointName="flights-prod", Body=b"1", ContentType="text/csv")
    assert denied(error) == "ValidationError", "allowed, but there is no such endpoint"


def test_handing_a_role_to_sagemaker_needs_pass_role(cloud: LocalCloud) -> None:
    passed = role(cloud, "sagemaker")
    create = allow("sagemaker:CreateModel", f"{ARN}:model/*")
    may_pass = allow(
        "iam:PassRole",
        passed,
        Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    )
    request = {
        "ExecutionRoleArn": passed,
        "PrimaryContainer": {"Image": "images/serving:1", "ModelDataUrl": "s3://b/k"},
    }
    with pytest.raises(ClientError, match="iam:PassRole"):
        roles.client(cloud, role(cloud, "lambda", create), "sagemaker").create_model(
            ModelName=unique("model"), **request
        )
    roles.client(cloud, role(cloud, "lambda", create, may_pass), "sagemaker").create_model(
        ModelName=unique("model"), **request
    )


def test_a_request_with_a_wrong_signature_is_refused(cloud: LocalCloud) -> None:
    given = roles.credentials(cloud, role(cloud, "sagemaker", allow("*")))
    client = boto3.client(
        "sagemaker",
        endpoint_url=cloud.url,
        region_name="us-east-1",
        **{**given, "aws_secret_access_key": "wrong"},
    )
    with pytest.raises(ClientError, match="signature"):
        client.list_models()


@pytest.mark.parametrize(("namespace", "allowed"), [("Tidewatch", True), ("Other", False)])
def test_metrics_go_only_into_the_namespace_of_the_condition(
    cloud: LocalCloud, namespace: str, allowed: bool
) -> None:
    policy = allow(
        "cloudwatch:PutMetricData",
        Condition={"StringEquals": {"cloudwatch:namespace": "Tidewatch"}},
    )
    client = roles.client(cloud, role(cloud, "lambda", policy), "cloudwatch")
    name = unique("metric")
    request = {"Namespace": namespace, "MetricData": [{"MetricName": name, "Value": 1.0}]}
    if not allowed:
        with pytest.raises(ClientError) as error:
            client.put_metric_data(**request)
        assert denied(error) == "AccessDeniedException"
        return
    client.put_metric_data(**request)
    root = cloud.session().client("cloudwatch")
    found = until(lambda: root.list_metrics(Namespace=namespace, MetricName=name)["Metrics"])
    assert [metric["MetricName"] for metric in found] == [name]


def test_a_bucket_that_demands_tls_takes_requests_over_the_loopback_interface(
    cloud: LocalCloud,
) -> None:
    bucket = unique("secure")
    root = cloud.session().client("s3")
    root.create_bucket(Bucket=bucket)
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    enforce_ssl = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [enforce_ssl]}
    root.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    writer = role(cloud, "lambda", allow("s3:PutObject", f"{resources[0]}/mine/*"))
    client = roles.client(cloud, writer, "s3")
    client.put_object(Bucket=bucket, Key="mine/x", Body=b"x")
    with pytest.raises(ClientError) as error:
        client.put_object(Bucket=bucket, Key="others/x", Body=b"x")
    assert denied(error) == "AccessDenied"


def trust(source_account: str) -> dict[str, Any]:
    return {"Condition": {"StringEquals": {"aws:SourceAccount": source_account}}}


def test_a_role_is_assumed_for_this_account_only(cloud: LocalCloud) -> None:
    roles.credentials(cloud, role(cloud, "sagemaker", **trust("123456789012")))
    with pytest.raises(ClientError) as error:
        roles.credentials(cloud, role(cloud, "sagemaker", **trust("999999999999")))
    assert denied(error) == "AccessDenied"


def test_a_role_may_see_the_alarms_that_its_policy_names_and_no_other(cloud: LocalCloud) -> None:
    mine = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mine"
    client = roles.client(
        cloud, role(cloud, "lambda", allow("cloudwatch:DescribeAlarms", mine)), "cloudwatch"
    )
    assert client.describe_alarms(AlarmNames=["mine"])["MetricAlarms"] == []
    with pytest.raises(ClientError) as error:
        client.describe_alarms(AlarmNames=["others"])
    assert denied(error).startswith("AccessDenied")
