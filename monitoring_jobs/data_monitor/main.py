"""Processing job: judges the data of every window that is due, per variant."""

from __future__ import annotations

import os

from monitoring_jobs.data_monitor.watch_data import watch_data
from tidewatch.monitoring.entry_point import run_job
from tidewatch.monitoring.monitor_run import MonitorRun

if __name__ == "__main__":
    run_job(lambda: watch_data(MonitorRun.in_environment(os.environ)))
