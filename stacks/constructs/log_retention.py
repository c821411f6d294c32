"""How long a stage keeps its logs, in the CDK's words."""

from __future__ import annotations

from aws_cdk import aws_logs as logs

from tidewatch.core.config import StageConfig

_BY_DAYS = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def log_retention(stage: StageConfig) -> logs.RetentionDays:
    """The retention of every log group of the stage."""
    return _BY_DAYS[stage.log_retention_days]
