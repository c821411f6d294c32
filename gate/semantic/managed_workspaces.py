"""Workspaces of Amazon Managed Prometheus and Managed Grafana: settings that the services take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gate.assembly import Assembly, Resource
from gate.finding import Finding
from gate.reading import is_known, mapping, number

_PROMETHEUS = "AWS::APS::Workspace"
_GRAFANA = "AWS::Grafana::Workspace"

# https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
_LIMITS = {"RetentionPeriodInDays": (1, 1_095), "OutOfOrderTimeWindowInSeconds": (0, 600)}
# Those that a new workspace can have, 2026-11.
_VERSIONS = ("8.4", "9.4", "10.4", "12.4")


def retention_is_within_limits(assembly: Assembly) -> Iterable[Finding]:
    """Samples are kept, and may come late, within what the service allows."""
    for workspace in assembly.resources(_PROMETHEUS):
        for reason in _limit_faults(workspace):
            yield workspace.finding("semantic.prometheus-workspace", reason)


def grafana_is_of_a_version_that_there_is(assembly: Assembly) -> Iterable[Finding]:
    """A Grafana workspace has a version that the service offers."""
    for workspace in assembly.resources(_GRAFANA):
        version = workspace.properties.get("GrafanaVersion")
        if is_known(version) and version not in _VERSIONS:
            reason = f"there is no version {version!r}, expected one of {', '.join(_VERSIONS)}"
            yield workspace.finding("semantic.grafana-version", reason)


def _limit_faults(workspace: Resource) -> Iterator[str]:
    settings = mapping(workspace.properties.get("WorkspaceConfiguration"))
    for field, (least, most) in _LIMITS.items():
        found = number(settings.get(field))
        if found is not None and not least <= found <= most:
            yield f"{field} is {found:g}, expected {least} to {most}"


RULES = (retention_is_within_limits, grafana_is_of_a_version_that_there_is)
