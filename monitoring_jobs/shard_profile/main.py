"""Processing job: leaves a partial profile of each share of a plan that its instance was given."""

from __future__ import annotations

import os

from monitoring_jobs.shard_profile.profile_shares import profile_shares
from tidewatch.monitoring.entry_point import run_job

if __name__ == "__main__":
    run_job(lambda: profile_shares(os.environ))
