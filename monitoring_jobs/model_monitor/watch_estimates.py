"""One run of the performance estimate: every closed window once, whether labels come or not.

A ledger and a verdict of its own (unit `performance_estimate`): the model monitor's newest verdict
stays that of the newest window with labels, and no estimate of a later window hides it. What
arrives after a window was estimated does not change the estimate; labels judge it (see
`estimate_error` of the model monitor).
"""

from __future__ import annotations

from monitoring_jobs.model_monitor.estimate_quality import UNIT, EstimateJudge
from tidewatch.core.window import Window
from tidewatch.monitoring.monitor_run import MonitorRun
from tidewatch.monitoring.watch import Due

_CLOSED, _OPEN = 1, 0


def watch_estimates(run: MonitorRun) -> None:
    """Estimates and announces the windows that are due, or the one that was asked for."""
    log = run.prediction_log()
    judge = EstimateJudge(run.model, log, run.baselines)
    run.watch(UNIT).run(judge, _due(run, run.closed(log)))


def _due(run: MonitorRun, closed: list[Window]) -> list[Due]:
    if run.window is None:
        return [Due(window, _CLOSED) for window in closed]
    final = run.window in closed
    return [Due(run.window, _CLOSED if final else _OPEN, final=final, forced=True)]
