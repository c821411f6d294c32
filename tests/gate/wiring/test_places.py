"""Tables, lifecycle rules, data sources and tracking servers: each about the right place."""

from __future__ import annotations

import json

import pytest

from gate.wiring import grafana_sources, lifecycle_neighbours, table_locations, tracking_roles
from tests.gate.wiring.templates import Json, allow, arn, changed, found, ref, resource, role

TABLES = table_locations.RULES
LIFECYCLE = lifecycle_neighbours.RULES
SOURCES = grafana_sources.RULES
TRACKING = tracking_roles.RULES

_LOCATION = "Table.Properties.TableInput.StorageDescriptor.Location"


def writes(*keys: str) -> Json:
    return allow("s3:PutObject", [f"arn:aws:s3:::data/{key}" for key in keys])


LAKE: dict[str, Json] = {
    "Bucket": resource("S3::Bucket", BucketName="data"),
    "Other": resource("S3::Bucket", BucketName="other"),
    "Writer": role("sagemaker", writes("labels/shop/*", "runs/*")),
    "Table": resource(
        "Glue::Table",
        TableInput={"StorageDescriptor": {"Location": "s3://data/labels/shop"}},
    ),
}


def test_a_table_may_lie_where_a_role_writes() -> None:
    assert found(LAKE, TABLES) == set()


@pytest.mark.parametrize("uri", ["s3://data/label/shop", "s3://other/labels/shop/"])
def test_a_table_beside_what_is_written_is_found(uri: str) -> None:
    assert found(changed(LAKE, _LOCATION, uri), TABLES) == {("wiring.table-location", "Table")}


@pytest.mark.parametrize("uri", ["s3://data/incoming/orders", "s3://elsewhere/label/shop", "hdfs:"])
def test_a_table_of_what_others_write_is_left_alone(uri: str) -> None:
    assert found(changed(LAKE, _LOCATION, uri), TABLES) == set()


def test_a_role_of_which_not_all_is_known_may_write_anywhere() -> None:
    astray = changed(LAKE, _LOCATION, "s3://data/label/shop")
    astray["Free"] = role("glue")
    astray["Free"]["Properties"]["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/Unheard"]
    assert found(astray, TABLES) == set()


_RULES = "Bucket.Properties.LifecycleConfiguration.Rules"
RESULTS: dict[str, Json] = {
    "Bucket": {
        **resource(
            "S3::Bucket",
            BucketName="data",
            LifecycleConfiguration={
                "Rules": [{"Status": "Enabled", "Prefix": "results/", "ExpirationInDays": 30}]
            },
        ),
        "DeletionPolicy": "Retain",
    },
    "Group": resource(
        "Athena::WorkGroup",
        Name="analysts",
        WorkGroupConfiguration={"ResultConfiguration": {"OutputLocation": "s3://data/results/"}},
    ),
    "Writer": role("sagemaker", writes("reports/*", "results/*")),
}


def test_a_rule_for_results_may_end_them() -> None:
    assert found(RESULTS, LIFECYCLE) == set()


def test_a_rule_that_lost_its_prefix_is_found() -> None:
    lost = changed(RESULTS, f"{_RULES}.0.Prefix", None)
    assert found(lost, LIFECYCLE) == {("wiring.lifecycle-neighbour", "Bucket")}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{_RULES}.0.ExpirationInDays", 365),
        (f"{_RULES}.0.TagFilters", [{"Key": "kind", "Value": "result"}]),
        (f"{_RULES}.0.Status", "Disabled"),
        ("Bucket.DeletionPolicy", "Delete"),
        ("Writer", role("sagemaker", writes("results/*"))),
    ],
)
def test_a_bucket_that_is_to_be_emptied_is_left_alone(path: str, value: object) -> None:
    lost = changed(RESULTS, f"{_RULES}.0.Prefix", None)
    assert found(changed(lost, path, value), LIFECYCLE) == set()


def source(kind: str, url: str = "", **settings: str) -> Json:
    return {"name": "Shop", "type": kind, "url": url, "jsonData": settings}


_ATHENA = source("grafana-athena-datasource", workgroup="analysts")
_STORE = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/%s/"
GRAFANA: dict[str, Json] = {
    "Workspace": resource("Grafana::Workspace", RoleArn=arn("Role")),
    "Role": role(
        "grafana",
        allow("athena:StartQueryExecution", "arn:aws:athena:eu-west-1:111111111111:workgroup/ana*"),
        allow("aps:QueryMetrics", "arn:aws:aps:eu-west-1:111111111111:workspace/ws-1"),
    ),
    "Content": {
        "Type": "Custom::Content",
        "Properties": {
            "WorkspaceId": ref("Workspace"),
            "DataSources": [
                json.dumps(_ATHENA),
                source("grafana-amazonprometheus-datasource", _STORE % "ws-1"),
            ],
        },
    },
}


def test_a_source_may_ask_what_its_role_may() -> None:
    assert found(GRAFANA, SOURCES) == set()


@pytest.mark.parametrize(
    "asked",
    [
        json.dumps(source("grafana-athena-datasource", workgroup="primary")),
        source("grafana-athena-datasource", workgroup="primary"),
        source("prometheus", _STORE % "ws-2"),
    ],
)
def test_a_source_that_asks_another_is_found(asked: object) -> None:
    other = changed(GRAFANA, "Content.Properties.DataSources.0", asked)
    assert found(other, SOURCES) == {("wiring.grafana-source", "Content")}


@pytest.mark.parametrize(
    "asked",
    [
        source("grafana-athena-datasource", workgroup="primary", assumeRoleArn="arn:aws:iam::1"),
        source("grafana-athena-datasource"),
        source("prometheus", "https://metrics.example.com"),
        '{"jsonData": ',
        5,
    ],
)
def test_a_source_of_which_less_is_known_is_left_alone(asked: object) -> None:
    other = changed(GRAFANA, "Content.Properties.DataSources.0", asked)
    assert found(other, SOURCES) == set()


_OWN = "Role.Properties.Policies.0.PolicyDocument.Statement.0.Resource"
SERVER: dict[str, Json] = {
    "Bucket": resource("S3::Bucket", BucketName="data"),
    "Server": resource(
        "SageMaker::MlflowTrackingServer", ArtifactStoreUri="s3://data/mlflow", RoleArn=arn("Role")
    ),
    "Role": role(
        "sagemaker",
        allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::data/mlflow/*"),
        allow("s3:ListBucket", "arn:aws:s3:::data"),
    ),
    "Training": role("sagemaker", writes("models/*", "mlflow/*")),
}


def test_a_server_may_change_what_is_its_own() -> None:
    assert found(SERVER, TRACKING) == set()


def test_a_server_that_may_change_the_whole_bucket_is_found() -> None:
    wide = changed(SERVER, _OWN, "arn:aws:s3:::data/*")
    assert found(wide, TRACKING) == {("wiring.tracking-wide", "Server")}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Training", role("sagemaker", writes("mlflow/*"))),
        ("Server.Properties.ArtifactStoreUri", "s3://data"),
    ],
)
def test_a_server_with_a_bucket_of_its_own_is_left_alone(path: str, value: object) -> None:
    wide = changed(SERVER, _OWN, "arn:aws:s3:::data/*")
    assert found(changed(wide, path, value), TRACKING) == set()
