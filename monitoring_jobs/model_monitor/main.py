"""Processing job: judges the answers of windows with new labels, and estimates all others."""

from __future__ import annotations

import os

from monitoring_jobs.model_monitor.watch_model import watch_model
from tidewatch.monitoring.entry_point import run_job
from tidewatch.monitoring.monitor_run import MonitorRun

if __name__ == "__main__":
    run_job(lambda: watch_model(MonitorRun.in_environment(os.environ)))
