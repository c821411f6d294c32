"""Processing job: makes captured requests and labels tidy, and watches that all are captured."""

from __future__ import annotations

import os

from monitoring_jobs.prediction_log.ingest import IngestRun, ingest
from monitoring_jobs.prediction_log.watch_capture import watch_capture
from tidewatch.monitoring.entry_point import run_job


def main() -> None:
    """One run, as the environment describes it."""
    run = IngestRun.in_environment(os.environ)
    ingest(run)
    watch_capture(run)


if __name__ == "__main__":
    run_job(main)
