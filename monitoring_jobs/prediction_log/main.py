"""Processing job: makes captured requests and labels tidy."""

from __future__ import annotations

import os

from monitoring_jobs.prediction_log.ingest import IngestRun, ingest
from tidewatch.monitoring.entry_point import run_job

if __name__ == "__main__":
    run_job(lambda: ingest(IngestRun.in_environment(os.environ)))
