"""EMR Serverless job: profiles all of a plan on Spark, and leaves one partial profile."""

from __future__ import annotations

import sys

from monitoring_jobs.spark_profile.profile_plan import run_spark_profile
from tidewatch.monitoring.entry_point import run_job

if __name__ == "__main__":
    run_job(lambda: run_spark_profile(sys.argv[1:]))
