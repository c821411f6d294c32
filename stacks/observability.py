"""Where metrics and verdicts go, what turns them into alerts, and where people look at them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_aps as aps
from constructs import Construct

from dashboards.alert_routing import Destinations, alert_manager_definition
from dashboards.alert_rules import rule_groups
from stacks.constructs.drift_anomalies import DriftAnomalies
from stacks.constructs.grafana_workspace import GrafanaWorkspace
from stacks.constructs.metrics_workspace import MetricsWorkspace
from stacks.constructs.observed_stage import ObservedStage
from stacks.constructs.verdict_search import VerdictSearch
from tidewatch.core.config import ModelConfig


class Observability(cdk.Stack):
    """A Prometheus workspace with its rules and routing; OpenSearch and Grafana as asked for."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: ObservedStage,
        models: tuple[ModelConfig, ...],
        destinations: Destinations,
    ) -> None:
        super().__init__(scope, construct_id)
        config = stage.config
        wanted = config.observability
        self.workspace = MetricsWorkspace(
            self,
            "Workspace",
            stage=config,
            key=stage.key,
            alert_manager_definition=alert_manager_definition(
                destinations, config.alerting.group_wait
            ),
        )
        self._watch(stage, models)
        search = None
        if wanted.opensearch is not None:
            search = VerdictSearch(self, "Search", stage=stage, size=wanted.opensearch).backend
        if wanted.grafana is not None:
            GrafanaWorkspace(
                self,
                "Grafana",
                stage=stage,
                wanted=wanted.grafana,
                metrics=self.workspace,
                search=search,
            )
        cdk.CfnOutput(self, "WorkspaceId", value=self.workspace.attr_workspace_id)

    def _watch(self, stage: ObservedStage, models: tuple[ModelConfig, ...]) -> None:
        """The rules of all models, and what learns their usual drift."""
        config = stage.config
        aps.CfnRuleGroupsNamespace(
            self,
            "Rules",
            workspace=self.workspace.attr_arn,
            name="tidewatch",
            data=rule_groups(models, config.alerting.evaluation_interval, config.monitoring_rate),
        )
        for model in models if config.observability.anomaly_detection else ():
            DriftAnomalies(
                self,
                f"Anomalies{model.name.title().replace('-', '')}",
                workspace=self.workspace,
                model=model,
                rate=model.monitoring.rate(config.monitoring_rate),
            )
