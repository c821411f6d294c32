"""Invariant 7: where less is captured than is answered, somebody is told."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from dashboards.cloudwatch_metric import OURS, VARIANTS, standing_name
from stacks.constructs.alert_topics import AlertTopics
from stacks.constructs.machine_alarms import tell
from tidewatch.core.config import ModelConfig


class CaptureAlarm(Construct):
    """An alarm a variant on the verdict on its newest hour: was what it answered captured?"""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ModelConfig,
        topics: AlertTopics,
        rate: cdk.Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        limit = model.monitoring.thresholds.capture_ratio.critical
        for variant in VARIANTS:
            alarm = cloudwatch.Alarm(
                self,
                variant.title(),
                alarm_description=f"{model.name}, {variant}: less than {limit:.0%} of an hour's"
                " answers were captured. Runbook: docs/runbooks/CaptureIncomplete.md",
                metric=cloudwatch.Metric(
                    namespace=OURS,
                    metric_name=standing_name("capture"),
                    dimensions_map={"Model": model.name, "Variant": variant},
                    statistic="Maximum",
                    period=rate,
                ),
                threshold=1,
                comparison_operator=(
                    cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
                ),
                evaluation_periods=1,
                # A dead monitor has an alarm of its own.
                treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            )
            tell(topics, "warning", alarm)
