"""Learns how much a model usually drifts, and scores what is unusual."""

from __future__ import annotations

from datetime import timedelta

from aws_cdk import aws_aps as aps
from constructs import Construct

from dashboards.anomalies import mean_drift
from tidewatch.core.config import ModelConfig

_SHORTEST, _LONGEST = timedelta(seconds=60), timedelta(days=1)


class DriftAnomalies(aps.CfnAnomalyDetector):
    """A random cut forest over one model's mean drift; its scores are series of the workspace.

    It complements the limits: a drift that is unusual but small crosses none. No alert rests on it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workspace: aps.CfnWorkspace,
        model: ModelConfig,
        rate: timedelta,
    ) -> None:
        interval = min(max(rate, _SHORTEST), _LONGEST)
        super().__init__(
            scope,
            construct_id,
            alias=f"drift-{model.name}",
            workspace=workspace.attr_arn,
            evaluation_interval_in_seconds=interval.total_seconds(),
            missing_data_action=aps.CfnAnomalyDetector.MissingDataActionProperty(skip=True),
            configuration=aps.CfnAnomalyDetector.AnomalyDetectorConfigurationProperty(
                random_cut_forest=aps.CfnAnomalyDetector.RandomCutForestConfigurationProperty(
                    query=mean_drift(model.name, rate)
                )
            ),
        )
