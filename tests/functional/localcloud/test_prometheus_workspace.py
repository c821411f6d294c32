from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localcloud.cloud import LocalCloud
from tests.functional.localcloud.roles import allow, credentials, role
from tests.functional.localcloud.templates import Resources, Stack, stack
from tests.functional.localcloud.workbench import until
from tidewatch.aws.remote_write import RemoteWriteError, RemoteWriter, Sample

RULES = """
groups:
  - name: drift
    interval: 1s
    rules:
      - alert: TestDrift
        expr: tidewatch_test_psi > 0.2
"""
DEFINITION = """
alertmanager_config: |
  route:
    receiver: nobody
  receivers:
    - name: nobody
"""


def resources(rules: str, definition: str | None = None) -> Resources:
    workspace: dict[str, Any] = {"Alias": "test"}
    if definition:
        workspace["AlertManagerDefinition"] = definition
    return {
        "Workspace": {"Type": "AWS::APS::Workspace", "Properties": workspace},
        "Rules": {
            "Type": "AWS::APS::RuleGroupsNamespace",
            "Properties": {"Workspace": {"Ref": "Workspace"}, "Name": "drift", "Data": rules},
        },
    }


SHOWN = ("Workspace", "Workspace.WorkspaceId", "Workspace.PrometheusEndpoint")


@pytest.fixture(scope="module")
def made(cloud: LocalCloud) -> Iterator[Stack]:
    with stack(cloud, *SHOWN) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def workspace(made: Stack) -> dict[str, str]:
    return made.deploy(resources(RULES))


def signed(
    cloud: LocalCloud, role_arn: str, method: str, url: str, **parameters: str
) -> requests.Response:
    given = credentials(cloud, role_arn)
    keys = Credentials(
        given["aws_access_key_id"], given["aws_secret_access_key"], given["aws_session_token"]
    )
    request = AWSRequest(method, url, params=parameters)
    SigV4Auth(keys, "aps", "us-east-1").add_auth(request)
    prepared = request.prepare()
    return requests.request(method, prepared.url, headers=dict(prepared.headers), timeout=10)


def as_role(cloud: LocalCloud, role_arn: str, patch: pytest.MonkeyPatch) -> None:
    """Give this process the role's credentials, as a job has them."""
    given = credentials(cloud, role_arn)
    for key, value in given.items():
        patch.setenv(key.upper(), value)
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def sample(value: float) -> Sample:
    return Sample("tidewatch_test_psi", {"model": "flights"}, value, int(time.time() * 1000))


def test_a_workspace_has_the_endpoint_of_its_own_prometheus(
    cloud: LocalCloud, workspace: dict[str, str]
) -> None:
    identifier = workspace["Workspace.WorkspaceId"]
    assert workspace["Workspace"] == f"arn:aws:aps:us-east-1:123456789012:workspace/{identifier}"
    assert workspace["Workspace.PrometheusEndpoint"] == f"{cloud.url}/workspaces/{identifier}/"
    described = cloud.session().client("amp").describe_workspace(workspaceId=identifier)
    assert described["workspace"]["prometheusEndpoint"] == workspace["Workspace.PrometheusEndpoint"]


def test_written_samples_are_queried_and_raise_the_alerts_of_the_rules(
    cloud: LocalCloud, workspace: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = workspace["Workspace.PrometheusEndpoint"]
    arn = workspace["Workspace"]
    as_role(cloud, role(cloud, "sagemaker", allow("aps:RemoteWrite", arn)), monkeypatch)
    RemoteWriter(f"{endpoint}api/v1/remote_write").send([sample(0.31)])
    reader = role(cloud, "grafana", allow(["aps:QueryMetrics"], arn))
    query = {"query": 'tidewatch_test_psi{model="flights"} + 0', "time": str(time.time())}
    answer = signed(cloud, reader, "GET", f"{endpoint}api/v1/query", **query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["result"][0]["value"][1] == "0.31"
    firing = {"query": 'ALERTS{alertname="TestDrift",alertstate="firing"}'}

    def alerts() -> Any:
        found = signed(cloud, reader, "GET", f"{endpoint}api/v1/query", **firing)
        return found.json()["data"]["result"]

    assert until(alerts)[0]["metric"]["model"] == "flights"


def test_writing_needs_permission_on_the_workspace(
    cloud: LocalCloud, workspace: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "arn:aws:aps:us-east-1:123456789012:workspace/ws-other"
    as_role(cloud, role(cloud, "sagemaker", allow("aps:RemoteWrite", other)), monkeypatch)
    writer = RemoteWriter(f"{workspace['Workspace.PrometheusEndpoint']}api/v1/remote_write")
    with pytest.raises(RemoteWriteError, match="aps:RemoteWrite"):
        writer.send([sample(0.1)])


def test_an_unsigned_request_is_refused(workspace: dict[str, str]) -> None:
    url = f"{workspace['Workspace.PrometheusEndpoint']}api/v1/query?query=up"
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 403


def test_what_prometheus_refuses_comes_back_as_it_is(
    cloud: LocalCloud, workspace: dict[str, str]
) -> None:
    reader = role(cloud, "grafana", allow("aps:QueryMetrics"))
    endpoint = workspace["Workspace.PrometheusEndpoint"]
    answer = signed(cloud, reader, "GET", f"{endpoint}api/v1/query", query="((")
    assert answer.status_code == 400
    assert answer.json()["errorType"] == "bad_data"


def test_rules_that_prometheus_cannot_parse_are_refused_and_the_old_ones_stay(
    made: Stack, workspace: dict[str, str]
) -> None:
    with pytest.raises(AssertionError, match="drift"):
        made.deploy(resources(RULES.replace("> 0.2", "> > 0.2")))
    assert made.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert made.deploy(resources(RULES.replace("0.2", "0.4"))) == workspace


def test_a_definition_starts_an_alertmanager_and_its_removal_ends_it(
    cloud: LocalCloud, made: Stack, workspace: dict[str, str]
) -> None:
    made.deploy(resources(RULES, DEFINITION))
    endpoint = workspace["Workspace.PrometheusEndpoint"]
    reader = role(cloud, "grafana", allow("aps:ListAlerts"))
    url = f"{endpoint}alertmanager/api/v2/alerts"
    assert signed(cloud, reader, "GET", url).status_code == 200
    made.deploy(resources(RULES))
    assert signed(cloud, reader, "GET", url).status_code == 404


def test_a_deleted_workspace_ends_its_prometheus(cloud: LocalCloud) -> None:
    with stack(cloud, *SHOWN) as short_lived:
        endpoint = short_lived.deploy(resources(RULES))["Workspace.PrometheusEndpoint"]
    reader = role(cloud, "grafana", allow("aps:QueryMetrics"))
    answer = signed(cloud, reader, "GET", f"{endpoint}api/v1/query", query="up")
    assert answer.status_code == 404
