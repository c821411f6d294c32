"""Dashboards for people: an Amazon Managed Grafana workspace with ours in it."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_aps as aps
from aws_cdk import aws_grafana as grafana
from constructs import Construct

from dashboards.endpoint_panels import endpoint_panels
from dashboards.grafana_dashboard import Sources, grafana_dashboard
from dashboards.monitor_panels import monitor_panels
from stacks.constructs.grafana_content import GrafanaContent
from stacks.constructs.grafana_role import GrafanaRole
from stacks.constructs.grafana_sources import (
    ATHENA_PLUGIN,
    OPENSEARCH_PLUGIN,
    athena_source,
    cloudwatch_source,
    opensearch_source,
    prometheus_source,
)
from stacks.constructs.observed_stage import ObservedStage
from stacks.constructs.private_network import PrivateNetwork
from stacks.constructs.search_backend import SearchBackend
from tidewatch.core.config.observability import Grafana

_CORE_PLUGIN = "prometheus"
# As the service takes.
_MOST_SUBNETS = 6


class GrafanaWorkspace(Construct):
    """The workspace, the role that it reads with, and what it shows.

    People sign in through the provider that the stage names; who they are is set up there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: ObservedStage,
        wanted: Grafana,
        metrics: aps.CfnWorkspace,
        search: SearchBackend | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._wanted = wanted
        self._role = GrafanaRole(self, "Role")
        sources = self._sources(metrics, search)
        workspace = grafana.CfnWorkspace(
            self,
            "Workspace",
            name=f"tidewatch-{stage.config.name}",
            account_access_type="CURRENT_ACCOUNT",
            authentication_providers=[wanted.sign_in],
            permission_type="CUSTOMER_MANAGED",
            role_arn=self._role.role_arn,
            grafana_version=wanted.version,
            plugin_admin_enabled=True,
            vpc_configuration=_network(stage.private) if stage.private else None,
        )
        # The role alone may nothing; its policy comes after it.
        workspace.node.add_dependency(self._role.node.find_child("DefaultPolicy"))
        GrafanaContent(
            self,
            "Content",
            workspace=workspace,
            sources=sources,
            plugins=self._plugins(),
            dashboards=self._dashboards(),
            log_retention=stage.log_retention,
        )

    def _sources(
        self, metrics: aps.CfnWorkspace, search: SearchBackend | None
    ) -> list[dict[str, Any]]:
        """The data sources, each with the right to read from it."""
        sources = [prometheus_source(self._wanted.prometheus_plugin, metrics)]
        self._role.may_query_prometheus(metrics)
        if "cloudwatch" in self._wanted.data_sources:
            sources.append(cloudwatch_source())
            self._role.may_read_cloudwatch()
        if "athena" in self._wanted.data_sources:
            sources.append(athena_source(self._stage.storage))
            self._role.may_query_history(self._stage.storage)
        if "opensearch" in self._wanted.data_sources and search is not None:
            sources.append(opensearch_source(search))
            search.may_read(self._role)
        return sources

    def _plugins(self) -> list[str]:
        """What is not in Grafana itself."""
        wanted = {
            self._wanted.prometheus_plugin: True,
            ATHENA_PLUGIN: "athena" in self._wanted.data_sources,
            OPENSEARCH_PLUGIN: "opensearch" in self._wanted.data_sources,
        }
        return [name for name, needed in wanted.items() if needed and name != _CORE_PLUGIN]

    def _dashboards(self) -> list[dict[str, Any]]:
        stage = self._stage.config
        drawn = Sources(
            prometheus=self._wanted.prometheus_plugin,
            cloudwatch="cloudwatch" in self._wanted.data_sources,
        )
        panels = monitor_panels(stage.monitoring_rate)
        found = [grafana_dashboard("tidewatch-monitors", "Tidewatch: monitors", panels, drawn)]
        if drawn.cloudwatch:
            found += [
                grafana_dashboard(
                    f"tidewatch-endpoint-{model}",
                    f"Tidewatch: endpoint of {model}",
                    endpoint_panels(f"{model}-{stage.name}"),
                    drawn,
                )
                for model in stage.models
            ]
        return found


def _network(private: PrivateNetwork) -> grafana.CfnWorkspace.VpcConfigurationProperty | None:
    """Where its queries start, if it reads what is in the network; people reach it as before."""
    if private.dashboards is None:
        return None
    return grafana.CfnWorkspace.VpcConfigurationProperty(
        security_group_ids=[private.dashboards.security_group_id],
        subnet_ids=[subnet.subnet_id for subnet in private.subnets[:_MOST_SUBNETS]],
    )
