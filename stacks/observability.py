"""Where metrics go and what turns them into alerts."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_aps as aps
from constructs import Construct

from dashboards.alert_routing import Destinations, alert_manager_definition
from dashboards.alert_rules import rule_groups
from tidewatch.core.config import Config


class Observability(cdk.Stack):
    """A Prometheus workspace with its rules and routing."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        destinations: Destinations,
        env: cdk.Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        stage = config.stage
        self.workspace = aps.CfnWorkspace(
            self,
            "Workspace",
            alias=f"tidewatch-{stage.name}",
            alert_manager_definition=alert_manager_definition(
                destinations, stage.alerting.group_wait
            ),
        )
        aps.CfnRuleGroupsNamespace(
            self,
            "Rules",
            workspace=self.workspace.attr_arn,
            name="tidewatch",
            data=rule_groups(
                config.models, stage.alerting.evaluation_interval, stage.monitoring_rate
            ),
        )
        cdk.CfnOutput(self, "WorkspaceId", value=self.workspace.attr_workspace_id)
