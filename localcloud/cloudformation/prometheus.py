"""Amazon Managed Service for Prometheus: each workspace is a real Prometheus process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.amp.models import amp_backends

from localcloud import alertmanager, prometheus, running
from localcloud.clients import root_client
from localcloud.cloudformation.handler import Created, Handler, Properties, Resource
from localcloud.moto_bridge import rest_call
from localcloud.prometheus import Prometheus
from localcloud.state import settings

DEFINITION = "AlertManagerDefinition"


@dataclass(frozen=True)
class Workspace:
    """A workspace: moto's metadata, a Prometheus, and an Alertmanager where one is defined."""

    def create(self, resource: Resource) -> Created:
        """Start the servers. Where one does not start, none stays."""
        alias = {"alias": str(resource.properties.get("Alias", resource.logical_id))}
        answer = rest_call("aps", "POST", "/workspaces", alias)
        workspace = str(answer["workspaceId"])
        _workspace(workspace).endpoint = endpoint(workspace)
        try:
            server = prometheus.start(
                workspace, settings().home, _out_of_order(resource.properties)
            )
            running.add("prometheus", workspace, server)
            _alert(workspace, resource.properties.get(DEFINITION))
        except BaseException:
            self.delete(str(answer["arn"]), {})
            raise
        return _created(str(answer["arn"]))

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """A new alert definition restarts the Alertmanager; series and rules stay."""
        workspace = _id(physical_id)
        if previous.get(DEFINITION) != resource.properties.get(DEFINITION):
            _alert(workspace, resource.properties.get(DEFINITION))
        return _created(physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """End the servers and forget the workspace."""
        del properties
        workspace = _id(physical_id)
        running.stop("alertmanager", workspace)
        running.stop("prometheus", workspace)
        if workspace in _workspaces():
            rest_call("aps", "DELETE", f"/workspaces/{workspace}", {})


@dataclass(frozen=True)
class RuleGroupsNamespace:
    """A file of rules in a workspace's Prometheus."""

    def create(self, resource: Resource) -> Created:
        """Write and load the rules; the server refuses what it cannot parse."""
        return self._write(resource.properties)

    def update(self, resource: Resource, previous: Properties, physical_id: str) -> Created | None:
        """Changed rules are loaded anew; another name or workspace is another file."""
        del physical_id
        if any(previous.get(key) != resource.properties.get(key) for key in ("Name", "Workspace")):
            return None
        return self._write(resource.properties)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Forget the rules, where their server still runs."""
        del physical_id
        server = _prometheus(_id(properties["Workspace"]))
        if server is not None:
            server.remove_rules(properties["Name"])

    def _write(self, properties: Properties) -> Created:
        workspace = _id(properties["Workspace"])
        server = _prometheus(workspace)
        if server is None:
            raise RuntimeError(f"no Prometheus runs for workspace {workspace}")
        server.write_rules(properties["Name"], properties["Data"])
        arn = properties["Workspace"].replace(":workspace/", ":rulegroupsnamespace/")
        return Created(f"{arn}/{properties['Name']}", {"Arn": f"{arn}/{properties['Name']}"})


def endpoint(workspace: str) -> str:
    """The address for remote write and queries, through the gateway and its IAM."""
    return f"{settings().url}/workspaces/{workspace}/"


def secret(arn: str) -> str:
    """The value of a secret, as the alert manager definition refers to it."""
    return str(root_client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])


def _alert(workspace: str, definition: str | None) -> None:
    """Replace the workspace's Alertmanager by one of this definition, or by none."""
    running.stop("alertmanager", workspace)
    server = _prometheus(workspace)
    if server is None:
        raise RuntimeError(f"no Prometheus runs for workspace {workspace}")
    if not definition:
        server.set_alertmanager(None)
        return
    alerting = alertmanager.start(
        workspace,
        settings().home,
        definition,
        settings().url,
        settings().region,
        f"{running.address('inbox')}/pagerduty",
        secret,
    )
    running.add("alertmanager", workspace, alerting)
    server.set_alertmanager(alerting.url)


def _prometheus(workspace: str) -> Prometheus | None:
    server = running.get("prometheus", workspace)
    return server if isinstance(server, Prometheus) else None


def _created(arn: str) -> Created:
    workspace = _id(arn)
    return Created(
        arn,
        {"Arn": arn, "WorkspaceId": workspace, "PrometheusEndpoint": endpoint(workspace)},
    )


def _out_of_order(properties: Properties) -> str:
    """How late a sample may come; a changed window counts from the server's next start."""
    configuration = properties.get("WorkspaceConfiguration") or {}
    found = configuration.get("OutOfOrderTimeWindowInSeconds")
    return prometheus.OUT_OF_ORDER if found is None else f"{found}s"


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _workspaces() -> Mapping[str, Any]:
    found: Mapping[str, Any] = amp_backends[settings().account][settings().region].workspaces
    return found


def _workspace(identifier: str) -> Any:
    return _workspaces()[identifier]


HANDLERS: dict[str, Handler] = {
    "AWS::APS::Workspace": Workspace(),
    "AWS::APS::RuleGroupsNamespace": RuleGroupsNamespace(),
}
