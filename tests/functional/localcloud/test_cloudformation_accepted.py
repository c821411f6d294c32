from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.templates import stack

WORKSPACE = {"Type": "AWS::Grafana::Workspace", "Properties": {"AuthenticationProviders": ["SAML"]}}


def not_emulated(cloud: LocalCloud) -> list[dict[str, Any]]:
    answer = requests.get(f"{cloud.url}/_localcloud/not-emulated", timeout=10)
    found: list[dict[str, Any]] = answer.json()
    return found


def test_a_type_that_nobody_emulates_is_accepted_and_listed_until_it_is_deleted(
    cloud: LocalCloud,
) -> None:
    with stack(cloud, "Grafana", "Grafana.Endpoint", "Grafana.WorkspaceArn") as made:
        outputs = made.deploy({"Grafana": WORKSPACE})
        listed = {"stack": made.name, "logical_id": "Grafana", "type": "AWS::Grafana::Workspace"}
        assert listed in not_emulated(cloud)
    assert listed not in not_emulated(cloud)
    assert all(outputs.values())
    assert outputs["Grafana.WorkspaceArn"].startswith("arn:aws:grafana:us-east-1:123456789012:")


def test_a_record_keeps_its_id_and_attributes_when_the_stack_is_updated(cloud: LocalCloud) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {}}
    with stack(cloud, "Grafana", "Grafana.Endpoint") as made:
        first = made.deploy({"Grafana": WORKSPACE})
        assert made.deploy({"Grafana": WORKSPACE, "Topic": topic}) == first


def test_a_misspelt_type_is_refused(cloud: LocalCloud) -> None:
    client = cloud.session().client("cloudformation")
    body = json.dumps({"Resources": {"X": {"Type": "AWSS::S3::Bucket"}}})
    with pytest.raises(client.exceptions.ClientError, match="AWSS::S3::Bucket"):
        client.create_stack(StackName="misspelt", TemplateBody=body)


def test_spark_is_listed_by_name_where_a_models_file_asks_for_it(cloud: LocalCloud) -> None:
    application = {
        "Type": "AWS::EMRServerless::Application",
        "Properties": {"ReleaseLabel": "emr-7.12.0", "Type": "SPARK"},
    }
    with stack(cloud, "Spark.ApplicationId", "Spark.Arn") as made:
        outputs = made.deploy({"Spark": application})
        assert "AWS::EMRServerless::Application" in {item["type"] for item in not_emulated(cloud)}
    assert all(outputs.values())
