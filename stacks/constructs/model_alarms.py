"""The alarms of one model, and the one that says in a word whether it is well."""

from __future__ import annotations

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from dashboards.cloudwatch_metric import CloudWatchMetric
from dashboards.model_alarms import UNWELL, AlarmRule, AnomalyRule
from stacks.constructs.alert_topics import AlertTopics
from stacks.constructs.machine_alarms import tell

_COMPARISONS = {
    "above": cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    "at least": cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    "below": cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
}
_MISSING = {
    "breaching": cloudwatch.TreatMissingData.BREACHING,
    "not breaching": cloudwatch.TreatMissingData.NOT_BREACHING,
    "as before": cloudwatch.TreatMissingData.IGNORE,
}


class ModelAlarms(Construct):
    """The alarms that `dashboards.model_alarms` declares, each told to its severity's topics.

    `unwell` is the composite of those that make a model unwell: what may page.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: str,
        topics: AlertTopics,
        rules: Iterable[AlarmRule],
        anomalies: Iterable[AnomalyRule],
    ) -> None:
        super().__init__(scope, construct_id)
        self._topics = topics
        reasons: list[cloudwatch.AlarmBase] = []
        self.alarms: list[cloudwatch.AlarmBase] = []
        for rule in rules:
            alarm = self._alarm(rule)
            self.alarms.append(alarm)
            if rule.name in UNWELL:
                reasons.append(alarm)
        self.alarms += [self._anomaly_alarm(rule) for rule in anomalies]
        self.unwell = cloudwatch.CompositeAlarm(
            self,
            "ModelUnwell",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(
                    cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
                    for alarm in reasons
                )
            ),
            alarm_description=f"{model} is unwell: quality or drift is critical, or it fails"
            " requests. Runbook: docs/runbooks/ModelUnwell.md",
        )
        tell(topics, "critical", self.unwell)

    def _alarm(self, rule: AlarmRule) -> cloudwatch.AlarmBase:
        alarm = cloudwatch.Alarm(
            self,
            f"{rule.name}{rule.of.capitalize()}",
            metric=_metric(rule.metric),
            comparison_operator=_COMPARISONS[rule.comparison],
            threshold=rule.threshold,
            evaluation_periods=rule.periods,
            treat_missing_data=_MISSING[rule.missing],
            alarm_description=rule.description,
        )
        # What makes a model unwell is told once, by the composite.
        if rule.name not in UNWELL:
            tell(self._topics, rule.severity, alarm)
        return alarm

    def _anomaly_alarm(self, rule: AnomalyRule) -> cloudwatch.AlarmBase:
        alarm = cloudwatch.AnomalyDetectionAlarm(
            self,
            rule.name,
            metric=_metric(rule.metric),
            std_devs=rule.band,
            evaluation_periods=rule.periods,
            treat_missing_data=cloudwatch.TreatMissingData.MISSING,
            alarm_description=rule.description,
        )
        tell(self._topics, rule.severity, alarm)
        # Nobody asks at all: SageMaker then sends no metric, and nothing can be unusual.
        for topic in self._topics.of_alarm(rule.severity):
            alarm.add_insufficient_data_action(actions.SnsAction(topic))
        return alarm


def _metric(metric: CloudWatchMetric) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=metric.namespace,
        metric_name=metric.name,
        dimensions_map=dict(metric.dimensions),
        statistic=metric.statistic,
        period=cdk.Duration.seconds(metric.period.total_seconds()),
    )
