"""A Grafana workspace is provided with content by a key that outlives nothing."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from lambdas.grafana_content import grafana_api
from lambdas.grafana_content.handler import handler
from tests.unit.lambdas.web_server import Asked, Said, WebServer, serving

KEY = "glsa_short_lived_key"
PROMETHEUS = {"uid": "tidewatch-prometheus", "name": "Prometheus", "type": "prometheus"}
DASHBOARDS = [
    {"uid": "tidewatch-monitors", "title": "Monitors", "panels": []},
    {"uid": "tidewatch-endpoint-flights", "title": "Endpoint", "panels": []},
]


@dataclass
class Workspace:
    """Amazon's side of a workspace: service accounts and tokens, and what was deleted."""

    accounts: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    lives: list[int] = field(default_factory=list)

    def create_workspace_service_account(self, **request: str) -> dict[str, str]:
        assert request["grafanaRole"] == "ADMIN"
        self.accounts.add("7")
        return {"id": "7"}

    def create_workspace_service_account_token(self, **request: Any) -> dict[str, Any]:
        assert request["serviceAccountId"] == "7"
        self.lives.append(request["secondsToLive"])
        self.tokens.add("9")
        return {"serviceAccountToken": {"id": "9", "key": KEY, "name": request["name"]}}

    def delete_workspace_service_account_token(self, **request: str) -> None:
        self.tokens.remove(request["tokenId"])

    def delete_workspace_service_account(self, **request: str) -> None:
        self.accounts.remove(request["serviceAccountId"])


class Bucket:
    """Holds the dashboards."""

    def get_object(self, **request: str) -> dict[str, Any]:
        assert request == {"Bucket": "assets", "Key": "d.json", "ExpectedBucketOwner": "1"}
        return {"Body": io.BytesIO(json.dumps(DASHBOARDS).encode())}


@dataclass
class Grafana:
    """The few routes, with what is there; `refuses` answers one path with a fault."""

    sources: dict[str, Any] = field(default_factory=dict)
    dashboards: dict[str, Any] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    plugins: set[str] = field(default_factory=set)
    refuses: tuple[str, Said] | None = None
    waking: int = 0

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/cloudformation":
            return Said()
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return Said(401, {"message": "Invalid API key"})
        if self.waking:
            self.waking -= 1
            return Said(503)
        if self.refuses and asked.path == self.refuses[0]:
            return self.refuses[1]
        return self._route(asked)

    def _route(self, asked: Asked) -> Said:  # noqa: PLR0911 - a return a route
        parts = asked.path.strip("/").split("/")
        match asked.method, parts[1:]:
            case "GET", ["plugins", name, "settings"]:
                return Said(200 if name in self.plugins else 404)
            case "POST", ["plugins", name, "install"]:
                self.plugins.add(name)
                return Said()
            case "GET", ["datasources", "uid", uid]:
                return Said(200 if uid in self.sources else 404)
            case ("POST", ["datasources"]) | ("PUT", ["datasources", "uid", _]):
                self.sources[asked.document["uid"]] = asked.document
                return Said()
            case "POST", ["folders"]:
                known = asked.document["uid"] in self.folders
                self.folders.add(asked.document["uid"])
                return Said(412 if known else 200)
            case "POST", ["dashboards", "db"]:
                assert asked.document["overwrite"] is True
                dashboard = asked.document["dashboard"]
                self.dashboards[dashboard["uid"]] = dashboard
                return Said()
        return Said(404, {"message": f"no route {asked.path}"})


@dataclass
class World:
    """Grafana behind a server that also takes the answers to CloudFormation."""

    grafana: Grafana
    workspace: Workspace
    server: WebServer

    def deploy(self, request: str = "Create", **properties: object) -> dict[str, Any]:
        """What CloudFormation is answered."""
        handler(
            {
                "RequestType": request,
                "ResponseURL": f"{self.server.url}/cloudformation",
                "StackId": "arn:stack",
                "RequestId": "r1",
                "LogicalResourceId": "Content",
                "ResourceProperties": {
                    "ServiceToken": "arn:function",
                    "WorkspaceId": "g-1",
                    "Url": self.server.url,
                    "Plugins": ["grafana-athena-datasource"],
                    "DataSources": [json.dumps(PROMETHEUS)],
                    "Bucket": "assets",
                    "BucketOwner": "1",
                    "Key": "d.json",
                    "ContentHash": "abc",
                    **properties,
                },
            },
            None,
        )
        answers = [item for item in self.server.asked if item.path == "/cloudformation"]
        found: dict[str, Any] = answers[-1].document
        return found


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    grafana, workspace = Grafana(), Workspace()
    monkeypatch.setattr(boto3, "client", {"grafana": workspace, "s3": Bucket()}.__getitem__)
    monkeypatch.setattr(
        grafana_api, "_RETRIES", grafana_api._RETRIES.new(backoff_factor=0, total=3)
    )
    with serving(grafana.answer) as server:
        yield World(grafana, workspace, server)


def test_sources_plugins_and_dashboards_are_there_after_a_deployment(world: World) -> None:
    assert world.deploy()["Status"] == "SUCCESS"
    assert world.grafana.sources == {"tidewatch-prometheus": PROMETHEUS}
    assert world.grafana.plugins == {"grafana-athena-datasource"}
    assert list(world.grafana.dashboards.values()) == DASHBOARDS


def test_another_deployment_replaces_what_people_changed(world: World) -> None:
    world.deploy()
    world.grafana.dashboards["tidewatch-monitors"] = {"title": "changed by hand"}
    world.grafana.sources["tidewatch-prometheus"] = {"type": "changed by hand"}
    assert world.deploy("Update")["Status"] == "SUCCESS"
    assert world.grafana.dashboards["tidewatch-monitors"] == DASHBOARDS[0]
    assert world.grafana.sources["tidewatch-prometheus"] == PROMETHEUS
    assert ("PUT", "/api/datasources/uid/tidewatch-prometheus") in world.server.paths()


def test_the_key_is_deleted_with_its_account_and_would_have_died_soon(world: World) -> None:
    world.deploy()
    assert world.workspace.lives == [600]
    assert (world.workspace.tokens, world.workspace.accounts) == (set(), set())


@pytest.mark.parametrize("status", [400, 403, 500])
def test_what_grafana_refuses_fails_the_deployment_in_its_words_and_leaves_no_key(
    world: World, status: int
) -> None:
    world.grafana.refuses = ("/api/dashboards/db", Said(status, {"message": "bad panel 3"}))
    answer = world.deploy()
    assert answer["Status"] == "FAILED"
    assert f"found {status}" in answer["Reason"]
    assert "bad panel 3" in answer["Reason"]
    assert (world.workspace.tokens, world.workspace.accounts) == (set(), set())


def test_a_workspace_that_is_waking_up_is_waited_for(world: World) -> None:
    world.grafana.waking = 2
    assert world.deploy()["Status"] == "SUCCESS"
    assert len(world.grafana.dashboards) == 2


def test_an_account_is_deleted_even_where_it_got_no_token(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_request: object) -> None:
        raise PermissionError("no token for you")

    monkeypatch.setattr(world.workspace, "create_workspace_service_account_token", refuse)
    answer = world.deploy()
    assert answer["Reason"] == "PermissionError: no token for you"
    assert world.workspace.accounts == set()


def test_the_key_is_in_no_log_and_in_no_answer(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.grafana.refuses = ("/api/folders", Said(400, {"message": "no"}))
    answer = world.deploy()
    world.grafana.refuses = None
    world.deploy()
    assert KEY not in caplog.text
    assert KEY not in json.dumps(answer)


def test_deletion_touches_nothing_and_is_answered(world: World) -> None:
    assert world.deploy("Delete", PhysicalResourceId="Content")["Status"] == "SUCCESS"
    assert [path for _, path in world.server.paths()] == ["/cloudformation"]
    assert world.workspace.lives == []


def test_an_answer_names_the_resource_and_keeps_its_identity(world: World) -> None:
    first = world.deploy()
    assert first["PhysicalResourceId"] == "Content"
    assert (first["StackId"], first["RequestId"], first["LogicalResourceId"]) == (
        "arn:stack",
        "r1",
        "Content",
    )
