"""What anomaly detection learns from."""

from __future__ import annotations

from datetime import timedelta

from dashboards.alert_rules import longest_silence, promql_duration


def mean_drift(model: str, rate: timedelta) -> str:
    """The mean drift of a model, all who serve together: a detector takes only an aggregation."""
    series = f'tidewatch_data_monitor_mean_psi{{model="{model}"}}'
    return f"avg(last_over_time({series}[{promql_duration(longest_silence(rate))}]))"
