"""How one model is, in CloudWatch: its dashboard, its alarms, and who they wake."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from dashboards.cloudwatch_dashboard import cloudwatch_dashboard
from dashboards.model_alarms import alarm_rules, anomaly_rules
from dashboards.model_panels import model_panels
from stacks.constructs.model_alarms import ModelAlarms
from stacks.constructs.page_on_alarm import PageOnAlarm
from stacks.constructs.platform import Platform
from tidewatch.core.config import ModelConfig


class ModelHealth(cdk.Stack):
    """The alarms of a model whose monitors `machine` runs, and all of it in one view."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        model: ModelConfig,
        machine: sfn.IStateMachine,
    ) -> None:
        super().__init__(scope, construct_id)
        observed = platform.stage.observability
        rate = model.monitoring.rate(platform.stage.monitoring_rate)
        endpoint = platform.endpoint(model.name)
        alarms = ModelAlarms(
            self,
            "Alarms",
            model=model.name,
            topics=platform.topics,
            rules=alarm_rules(model, endpoint, rate),
            anomalies=anomaly_rules(model.name, endpoint) if observed.anomaly_detection else (),
        )
        if platform.pager is not None:
            PageOnAlarm(
                self,
                "Page",
                alarm=alarms.unwell,
                model=model.name,
                pager=platform.pager,
                topics=platform.topics,
            )
        panels = model_panels(model.name, endpoint, machine.state_machine_arn, rate)
        shown = tuple(alarm.alarm_arn for alarm in (alarms.unwell, *alarms.alarms))
        dashboard = cloudwatch.CfnDashboard(
            self, "Dashboard", dashboard_body=cloudwatch_dashboard(panels, self.region, shown)
        )
        cdk.CfnOutput(self, "DashboardName", value=dashboard.ref)
