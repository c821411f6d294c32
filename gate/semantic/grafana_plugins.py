"""Data sources that an assembly gives to Grafana are of types that Grafana has, or installs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_true, leaves, text, texts

_PLUGIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*-(?:datasource|panel|app)")
# They are part of Grafana, though they are named as plugins are.
_BUILT_IN = frozenset(
    {
        "grafana-azure-monitor-datasource",
        "grafana-postgresql-datasource",
        "grafana-pyroscope-datasource",
        "grafana-testdata-datasource",
    }
)


def plugins_are_installed(assembly: Assembly) -> Iterator[Finding]:
    """Whoever lists the plugins to install lists those of all data sources that it makes."""
    for resource in assembly.resources():
        listed = _listed(resource)
        for plugin in sorted(_used(resource) - listed - _BUILT_IN) if listed else ():
            yield resource.finding(
                "semantic.grafana-plugin",
                f"a data source is of the type {plugin}, which is not among the plugins to install "
                f"({', '.join(sorted(listed))}): Grafana does not know it; add it",
            )


def plugins_may_be_installed(assembly: Assembly) -> Iterator[Finding]:
    """A workspace in which plugins are installed lets its administrators do so."""
    for resource in assembly.resources():
        for value in texts(list(resource.properties.values())) if _listed(resource) else ():
            workspace = assembly.at(value, "AWS::Grafana::Workspace")
            if workspace is not None and not is_true(
                workspace.properties.get("PluginAdminEnabled")
            ):
                yield workspace.finding(
                    "semantic.grafana-plugin",
                    f"{resource.name} installs plugins in it, and PluginAdminEnabled is not true: "
                    "they are refused; set it",
                )


def _listed(resource: Resource) -> set[str]:
    """The plugins in the lists of a custom resource."""
    if not resource.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return set()
    lists = [value for value in resource.properties.values() if isinstance(value, list)]
    return {name for found in lists for name in texts(found) if _PLUGIN.fullmatch(name)}


def _used(resource: Resource) -> set[str]:
    """The plugins that its data sources are of, as their types are named."""
    found = set()
    for path, value in leaves(resource.properties):
        if path.endswith(".type") and isinstance(value, str):
            found.add(value)
        elif isinstance(value, str) and '"type"' in value:
            try:
                found.add(text(json.loads(value), "type"))
            except ValueError:
                continue
    return {kind for kind in found if _PLUGIN.fullmatch(kind)}


RULES = (plugins_are_installed, plugins_may_be_installed)
