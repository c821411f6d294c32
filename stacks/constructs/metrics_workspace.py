"""Where series go: a Prometheus workspace, with what routes and logs its alerts."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_aps as aps
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.log_retention import log_retention
from tidewatch.core.config import StageConfig


class MetricsWorkspace(aps.CfnWorkspace):
    """A workspace under the stage's key, which keeps series as long as the stage says."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        key: kms.IKey,
        alert_manager_definition: str,
    ) -> None:
        # Rules that fail and alerts that are not delivered. Services that deliver logs themselves
        # are let in under this prefix without a policy of ours for each group.
        log = logs.LogGroup(
            scope,
            f"{construct_id}Log",
            log_group_name=f"/aws/vendedlogs/prometheus/tidewatch-{stage.name}",
            encryption_key=key,
            retention=log_retention(stage),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        observability = stage.observability
        super().__init__(
            scope,
            construct_id,
            alias=f"tidewatch-{stage.name}",
            kms_key_arn=key.key_arn,
            alert_manager_definition=alert_manager_definition,
            logging_configuration=aps.CfnWorkspace.LoggingConfigurationProperty(
                log_group_arn=log.log_group_arn
            ),
            workspace_configuration=aps.CfnWorkspace.WorkspaceConfigurationProperty(
                retention_period_in_days=observability.retention_days,
                out_of_order_time_window_in_seconds=observability.out_of_order_seconds,
            ),
        )
        self.apply_removal_policy(
            cdk.RemovalPolicy.RETAIN if stage.protected else cdk.RemovalPolicy.DESTROY
        )
