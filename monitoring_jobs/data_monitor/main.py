"""Processing job: judges the data of every window that is due, per variant."""

from __future__ import annotations

import os

from monitoring_jobs.data_monitor.run import run_data_monitor
from tidewatch.monitoring.entry_point import run_job

if __name__ == "__main__":
    run_job(lambda: run_data_monitor(os.environ))
