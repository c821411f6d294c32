"""Grafana's data sources ask what the workspace's role may ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import leaves, mapping, parts, text
from gate.wiring.permissions import permissions_of

_WORKSPACE = "AWS::Grafana::Workspace"
_MADE_ELSEWHERE = ("Custom::", "AWS::CloudFormation::CustomResource")


def sources_may_be_asked(assembly: Assembly) -> Iterator[Finding]:
    """A data source asks a workgroup, or a store of metrics, that its role may not use."""
    permissions = permissions_of(assembly)
    for holder, source in _sources(assembly):
        role = _role_of(assembly, holder)
        settings = mapping(source.get("jsonData"))
        if not role or settings.get("assumeRoleArn"):
            continue
        for action, arn, what in _asks(source, settings):
            if not permissions.may(role, action, arn):
                yield holder.finding(
                    "wiring.grafana-source",
                    f"the data source {source.get('name')!r} asks {what}, on which the role of the "
                    f"workspace is not let {action}: its panels stay empty; allow it, or name "
                    "another",
                )


def _sources(assembly: Assembly) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """What is handed to custom resources and looks like a data source, written out or as JSON."""
    for resource in assembly.resources():
        if not resource.type.startswith(_MADE_ELSEWHERE):
            continue
        written = [value for _, value in leaves(resource.properties) if isinstance(value, str)]
        documents = [resource.properties, *(_read(value) for value in written)]
        for document in documents:
            for part in parts(document):
                if isinstance(part.get("jsonData"), Mapping) and "type" in part:
                    yield resource, part


def _read(value: str) -> object:
    if '"jsonData"' not in value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def _role_of(assembly: Assembly, holder: Resource) -> str:
    """The role of the workspace that a resource names, or of the only one."""
    named = [assembly.at(value, _WORKSPACE) for _, value in leaves(holder.properties)]
    found = {workspace for workspace in named if workspace is not None}
    found = found or set(assembly.resources(_WORKSPACE))
    return text(found.pop().properties, "RoleArn") if len(found) == 1 else ""


def _asks(source: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a source needs to be let do, on what, and how the report calls that."""
    kind = text(source, "type")
    group = text(settings, "workgroup")
    if kind == "grafana-athena-datasource" and group:
        arn = f"arn:*:athena:*:*:workgroup/{group}"
        yield "athena:StartQueryExecution", arn, f"the workgroup {group!r}"
    _, mark, store = text(source, "url").partition("/workspaces/")
    if mark and "prometheus" in kind:
        name = store.split("/")[0]
        yield "aps:QueryMetrics", f"arn:*:aps:*:*:workspace/{name}", f"the workspace {name}"


RULES = (sources_may_be_asked,)
