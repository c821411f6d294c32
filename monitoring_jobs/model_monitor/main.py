"""Processing job: judges the answers of every window that has new labels, per variant."""

from __future__ import annotations

import os

from monitoring_jobs.model_monitor.watch_quality import watch_quality
from tidewatch.monitoring.entry_point import run_job
from tidewatch.monitoring.monitor_run import MonitorRun

if __name__ == "__main__":
    run_job(lambda: watch_quality(MonitorRun.in_environment(os.environ)))
