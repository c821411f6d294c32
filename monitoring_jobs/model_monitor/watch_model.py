"""One run of the model monitor: what labels say, and what is to be expected before they come."""

from __future__ import annotations

from monitoring_jobs.model_monitor.watch_estimates import watch_estimates
from monitoring_jobs.model_monitor.watch_quality import watch_quality
from tidewatch.core.errors import BaselineError, Fault
from tidewatch.monitoring.monitor_run import MonitorRun


def watch_model(run: MonitorRun) -> None:
    """Both watches; a subject that one cannot judge does not keep the other from its work.

    Raises BaselineError with the faults of both.
    """
    faults: dict[Fault, None] = {}
    for watch in (watch_quality, watch_estimates):
        try:
            watch(run)
        except BaselineError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise BaselineError(*faults)
