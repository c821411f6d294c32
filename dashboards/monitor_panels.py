"""What the monitors found, from Prometheus: every version and variant that serves."""

from __future__ import annotations

from datetime import timedelta

from dashboards.alert_rules import longest_silence, promql_duration
from dashboards.panel import Panel, Query

_CODES = {0: "ok", 1: "warning", 2: "critical", 3: "too few rows"}
_UNITS = ("data_monitor", "model_monitor", "performance_estimate", "prediction_log")
_CHOSEN = 'model=~"$model", variant=~"$variant"'
_WHOLE = f'{_CHOSEN}, feature="", segment=""'
_VARIANT = "{{model}} {{variant}} v{{version}}"


def monitor_panels(rate: timedelta) -> tuple[Panel, ...]:
    """The panels; `$model` and `$variant` are the dashboard's variables.

    Monitors that run at `rate` write a sample a run: to Prometheus a gauge is stale after five
    minutes, so every panel looks back as far as the alert rules do.
    """
    back = promql_duration(longest_silence(rate))
    return (*_verdicts(back), *_drift(back), *_quality(back), *_health(back))


def _verdicts(back: str) -> tuple[Panel, ...]:
    return (
        Panel(
            "Newest verdicts",
            "Of each monitor on each variant. Three means that the window held too few rows.",
            queries=tuple(
                _query(f"tidewatch_{unit}_verdict", _WHOLE, back, f"{unit}: {_VARIANT}")
                for unit in _UNITS
            ),
            values=_CODES,
            width=24,
        ),
    )


def _drift(back: str) -> tuple[Panel, ...]:
    psi = _newest("tidewatch_data_monitor_psi", f'{_CHOSEN}, feature!="", segment=""', back)
    return (
        Panel(
            "Share of features that drifted",
            "Beyond their limits, once the noise of the sample size is taken off.",
            unit="percentunit",
            queries=(_query("tidewatch_data_monitor_drifted_share", _WHOLE, back, _VARIANT),),
        ),
        Panel(
            "Features that moved most",
            "Population stability index of the newest window against the baseline; ten worst.",
            queries=(Query(f"topk(10, {psi})", "{{feature}} " + _VARIANT),),
        ),
        Panel(
            "Data quality",
            "From 0 to 1: missing values, unseen categories and outliers of the newest window.",
            unit="percentunit",
            queries=(_query("tidewatch_data_monitor_data_quality", _WHOLE, back, _VARIANT),),
        ),
        Panel(
            "Rows in the window",
            "What each verdict rests on.",
            unit="short",
            queries=(_query("tidewatch_data_monitor_rows", _WHOLE, back, _VARIANT),),
        ),
    )


def _quality(back: str) -> tuple[Panel, ...]:
    return (
        Panel(
            "Quality against labels",
            "Of the newest window with labels; which of them there is depends on the task.",
            queries=_of_model(back, "roc_auc", "accuracy", "macro_recall", "mae"),
        ),
        Panel(
            "Loss against the baseline",
            "How much worse than in validation; above 0 is worse, whatever the metric.",
            queries=_of_model(
                back, "roc_auc_drop", "accuracy_drop", "macro_recall_drop", "mae_rise"
            ),
        ),
    )


def _health(back: str) -> tuple[Panel, ...]:
    return (
        Panel(
            "Time since a monitor succeeded",
            "Up to the monitoring rate when all is well; MonitorDead fires at three times that.",
            unit="s",
            queries=tuple(
                _silence(unit, back) for unit in ("prediction_log", "data_monitor", "model_monitor")
            ),
        ),
        Panel(
            "Records that could not be read",
            "Share of the captured records of the last run; each is kept with its reason.",
            unit="percentunit",
            queries=(_query("tidewatch_prediction_log_quarantined_share", _WHOLE, back, _VARIANT),),
        ),
    )


def _silence(unit: str, back: str) -> Query:
    success = f"tidewatch_{unit}_last_success_timestamp_seconds"
    newest = _newest(success, 'model=~"$model"', back)
    return Query(f"time() - max by (model) ({newest})", unit + ": {{model}}")


def _of_model(back: str, *metrics: str) -> tuple[Query, ...]:
    return tuple(
        _query(f"tidewatch_model_monitor_{metric}", _WHOLE, back, f"{metric}: {_VARIANT}")
        for metric in metrics
    )


def _query(series: str, labels: str, back: str, legend: str) -> Query:
    return Query(_newest(series, labels, back), legend)


def _newest(series: str, labels: str, back: str) -> str:
    return f"last_over_time({series}{{{labels}}}[{back}])"
