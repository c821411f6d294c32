"""What CloudWatch shows of one model: its endpoint, and what the monitors put there."""

from __future__ import annotations

from datetime import timedelta

from dashboards.cloudwatch_metric import MACHINES, CloudWatchMetric, EveryVersion, standing_critical
from dashboards.endpoint_panels import endpoint_panels
from dashboards.panel import Panel, Unit


def model_panels(model: str, endpoint: str, machine_arn: str, rate: timedelta) -> tuple[Panel, ...]:
    """The panels of one model; `machine_arn` runs its monitors at `rate`."""
    return (
        *endpoint_panels(endpoint),
        _found(model, rate, "Share of features that drifted", "data_monitor_drifted_share"),
        _found(model, rate, "Mean drift (PSI)", "data_monitor_mean_psi", "none"),
        _found(
            model,
            rate,
            "Quality against labels",
            ("model_monitor_roc_auc", "model_monitor_accuracy", "model_monitor_mae"),
            "none",
        ),
        _found(model, rate, "Records that could not be read", "prediction_log_quarantined_share"),
        Panel(
            "Critical now",
            "1 where the newest verdict on anybody who serves is critical; a gap: nobody watches.",
            metrics=tuple(
                standing_critical(model, unit, rate)
                for unit in ("data_monitor", "model_monitor", "prediction_log")
            ),
        ),
        Panel(
            "Monitoring runs",
            "Executions of the monitoring state machine that ended, by how they ended.",
            unit="short",
            metrics=tuple(
                CloudWatchMetric(
                    MACHINES,
                    name,
                    {"StateMachineArn": machine_arn},
                    "Sum",
                    rate,
                    label=name.removeprefix("Executions").lower(),
                )
                for name in ("ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut")
            ),
        ),
    )


def _found(
    model: str,
    rate: timedelta,
    title: str,
    names: str | tuple[str, ...],
    unit: Unit = "percentunit",
) -> Panel:
    wanted = (names,) if isinstance(names, str) else names
    return Panel(
        title,
        "Of each window, of every version and variant.",
        unit=unit,
        metrics=tuple(EveryVersion(name, model, rate) for name in wanted),
    )
