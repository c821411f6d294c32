"""What makes an update of an endpoint bad: slow answers, errors, a model judged critical."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from dashboards.cloudwatch_metric import ENDPOINTS, OURS, VARIANTS, standing_name
from tidewatch.core.config import ModelConfig

_MINUTE = cdk.Duration.minutes(1)
_MICROSECONDS = 1000
"""In a millisecond: SageMaker measures latency in microseconds."""


class VariantAlarms(Construct):
    """Three alarms on each variant: any of them takes an update back that is under way.

    They ring within minutes and tell nobody: a release that was taken back does. The quality alarm
    watches the newest verdict on the version that serves as that variant.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: str,
        model: ModelConfig,
        rate: cdk.Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint = endpoint
        self._model = model
        self.all: list[cloudwatch.Alarm] = []
        for variant in VARIANTS:
            of_variant = [self._latency(variant), self._errors(variant)]
            self.all += [*of_variant, self._quality(variant, rate)]

    def _latency(self, variant: str) -> cloudwatch.Alarm:
        limit = self._model.serving.max_latency_ms
        return self._minutes(
            f"{variant.title()}Latency",
            self._metric("ModelLatency", variant, "p99"),
            limit * _MICROSECONDS,
            f"{variant}: one answer of a hundred takes longer than {limit} ms",
        )

    def _errors(self, variant: str) -> cloudwatch.Alarm:
        # Each invocation counts 1 or 0, so the mean is the share.
        limit = self._model.serving.max_error_share
        return self._minutes(
            f"{variant.title()}Errors",
            self._metric("Invocation5XXErrors", variant, "Average"),
            limit,
            f"{variant}: more than {limit:.2%} of requests end in a server error",
        )

    def _minutes(
        self, construct_id: str, metric: cloudwatch.IMetric, threshold: float, words: str
    ) -> cloudwatch.Alarm:
        """Two bad minutes of three; without traffic there is nothing wrong."""
        return cloudwatch.Alarm(
            self,
            construct_id,
            alarm_description=f"{self._model.name}, {words}. Takes a release back."
            " Runbook: docs/runbooks/ReleaseFailed.md",
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=3,
            datapoints_to_alarm=2,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _quality(self, variant: str, rate: cdk.Duration) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            f"{variant.title()}Quality",
            alarm_description=f"{self._model.name}, {variant}: labels show that the version that"
            " serves is critically worse than in validation. Takes a release back."
            " Runbook: docs/runbooks/ReleaseFailed.md",
            metric=cloudwatch.Metric(
                namespace=OURS,
                metric_name=standing_name("model_monitor"),
                dimensions_map={"Model": self._model.name, "Variant": variant},
                statistic="Maximum",
                period=rate,
            ),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=1,
            # That nobody judges is another alarm's business, and no reason to go back.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _metric(self, name: str, variant: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=ENDPOINTS,
            metric_name=name,
            dimensions_map={"EndpointName": self._endpoint, "VariantName": variant},
            statistic=statistic,
            period=_MINUTE,
        )
